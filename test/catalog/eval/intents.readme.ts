/** What people ask of ReadMe in their own words, and the operations that answer it. See README.md here for the rules. */
import type { Intent } from "./intents.ts";

/** Never looked at while the ranking is tuned; written before it was. */
export const heldout: readonly Intent[] = [
  ["write a new docs page", ["createGuide", "createCustomPage", "createReference"]],
  ["fix a typo in a guide", ["updateGuide"]],
  ["throw a guide away", ["deleteGuide"]],
  ["tell users what is new", ["createChangelog"]],
  ["list the changelog posts", ["getChangelogs"]],
  ["upload our OpenAPI file", ["createAPI"]],
  ["replace an API definition", ["updateAPI"]],
  ["is my OpenAPI file valid?", ["validateAPI"]],
  ["put a picture in the docs", ["uploadImage"]],
  ["find pages that mention rate limits", ["search"]],
  ["ask the AI about our docs", ["askOwlbot"]],
  ["make a token for CI", ["createAPIKey"]],
  ["revoke an API key", ["deleteAPIKey"]],
  ["sections in the sidebar", ["getCategories"]],
  ["which pages belong to a category", ["getCategoryPages"]],
  ["add a category", ["createCategory"]],
  ["start a new version of the docs", ["createBranch"]],
  ["list all versions", ["getBranches"]],
  ["details of our docs project", ["getProject"]],
  ["which IPs should we let through the firewall", ["getOutboundIPs"]],
];

/** The ranking may be tuned on these. */
export const tuning: readonly Intent[] = [
  ["drop an API definition", ["deleteAPI"]],
  ["show one recipe", ["getRecipe"]],
  ["list our recipes", ["getRecipes"]],
  ["write a recipe", ["createRecipe"]],
  ["rename a category", ["updateCategory"]],
  ["get rid of a category", ["deleteCategory"]],
  ["add a landing page", ["createCustomPage"]],
  ["show all custom pages", ["getCustomPages"]],
  ["change a custom page", ["updateCustomPage"]],
  ["read a guide", ["getGuide"]],
  ["document an endpoint", ["createReference"]],
  ["see the reference page of an endpoint", ["getReference"]],
  ["list uploaded pictures", ["getImages"]],
  ["what API keys do we have", ["getAPIKeys"]],
  ["rename an API key", ["updateAPIKey"]],
  ["jobs at this company", ["getOpenRoles"]],
  ["apply for a job", ["applyToReadMe"]],
  ["rename a branch", ["updateBranch"]],
  ["remove an old version", ["deleteBranch"]],
  ["edit a changelog entry", ["updateChangelog"]],
];
