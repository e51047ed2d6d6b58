/** What people ask of Figma in their own words, and the operations that answer it. See README.md here for the rules. */
import type { Intent } from "./intents.ts";

/** Never looked at while the ranking is tuned; written before it was. */
export const heldout: readonly Intent[] = [
  ["read a design file", ["getFile"]],
  ["export a frame as PNG", ["getImages"]],
  ["leave feedback on a design", ["postComment"]],
  ["what did people say about this file", ["getComments"]],
  ["remove my remark", ["deleteComment"]],
  ["react with an emoji to a comment", ["postCommentReaction"]],
  ["who am I", ["getMe"]],
  ["older versions of the file", ["getFileVersions"]],
  ["all projects of our team", ["getTeamProjects"]],
  ["which files are in this project", ["getProjectFiles"]],
  ["get just one layer of a file", ["getFileNodes"]],
  ["colours and text styles our team has published", ["getTeamStyles"]],
  ["list design tokens of a file", ["getLocalVariables", "getPublishedVariables"]],
  ["change the value of a design token", ["postVariables"]],
  ["call my server when a file changes", ["postWebhook"]],
  ["drop a webhook", ["deleteWebhook"]],
  ["did the hook fire? show its recent calls", ["getWebhookRequests"]],
  ["who did what in our organization", ["getActivityLogs"]],
  ["attach a link to the code to a design node", ["postDevResources"]],
  [
    "how often is our button component used",
    ["getLibraryAnalyticsComponentUsages", "getLibraryAnalyticsComponentActions"],
  ],
];

/** The ranking may be tuned on these. */
export const tuning: readonly Intent[] = [
  ["download the pictures used in a file", ["getImageFills"]],
  ["name and last edit date of a file", ["getFileMeta"]],
  ["reusable building blocks of the team's library", ["getTeamComponents", "getTeamComponentSets"]],
  ["components in this file", ["getFileComponents"]],
  ["one component by its key", ["getComponent"]],
  ["variants of a component", ["getComponentSet", "getFileComponentSets", "getTeamComponentSets"]],
  ["take back my emoji", ["deleteCommentReaction"]],
  ["who liked a comment", ["getCommentReactions"]],
  ["edit a webhook", ["putWebhook"]],
  ["show a webhook's settings", ["getWebhook"]],
  ["hooks of the team", ["getTeamWebhooks", "getWebhooks"]],
  ["check whether a user bought my plugin", ["getPayments"]],
  ["variables that we published", ["getPublishedVariables"]],
  ["dev links in a file", ["getDevResources"]],
  ["fix the url of a dev resource", ["putDevResources"]],
  ["get rid of a dev resource", ["deleteDevResource"]],
  ["details of a style", ["getStyle"]],
  ["styles in a file", ["getFileStyles"]],
  ["embed a design in my blog", ["getOEmbed"]],
  ["AI credits spent per day", ["getAiUsageDaily"]],
];
