/**
 * What people and API authors call the same thing: tables of generic words, written for no API in particular.
 *
 * A word may be in several rows. A row matches less than the word itself does, so rows may be generous; they may not
 * be specific: a row that helps one product only does not belong here.
 */
import { splitWords, stemOf } from "./words.ts";

/** Verbs of APIs. `effect` says whether the row reads or writes; it is compared with what a tool says of itself. */
export const ACTIONS = {
  create: {
    effect: "write",
    words:
      "create add new make open post insert register generate build write compose raise submit draft send share mark leave start buy purchase registration store save establish produce initialize introduce provision form spin propose suggest report record",
  },
  remove: {
    effect: "write",
    words:
      "delete remove destroy drop erase discard trash revoke clear purge detach kick expel unassign wipe stop unset take dismiss withdraw cancel prune eliminate fire evict oust strip scrap nuke dispose uninstall invalidate",
  },
  update: {
    effect: "write",
    words:
      "update edit change modify patch set put rename replace fix adjust alter amend correct configure revise mark",
  },
  list: {
    effect: "read",
    words: "list all show every browse enumerate display which see everyone everything everybody exist available",
  },
  get: {
    effect: "read",
    words: "get read fetch retrieve show view see display load inspect look detail describe print open pull receive",
  },
  find: { effect: "read", words: "search find query lookup look locate seek" },
  check: { effect: "read", words: "check verify test validate whether lint" },
  download: { effect: "read", words: "download export archive fetch render get save pull" },
  upload: { effect: "write", words: "upload attach import push put add send" },
  attach: {
    effect: "write",
    words: "attach assign add put apply link associate connect bind give grant let stick allow permit invite",
  },
  run: { effect: "write", words: "run start trigger launch dispatch execute begin resume fire invoke" },
  stop: { effect: "write", words: "cancel stop abort halt kill terminate interrupt end pause" },
  repeat: { effect: "write", words: "rerun restart retry redo rerequest redeliver resend repeat replay re" },
  enable: { effect: "write", words: "enable activate unlock allow on unsuspend permit" },
  disable: { effect: "write", words: "disable deactivate suspend off deny" },
  lock: { effect: "write", words: "lock freeze close restrict block" },
  close: { effect: "write", words: "close resolve finish complete update" },
  accept: { effect: "write", words: "approve accept confirm agree submit sign" },
  refuse: { effect: "write", words: "reject decline deny refuse dismiss throw discard" },
  move: { effect: "write", words: "move transfer migrate hand relocate convert shift handoff pass give" },
  copy: { effect: "write", words: "copy fork clone duplicate template replicate branch version" },
  combine: { effect: "write", words: "merge combine join sync synchronize squash land integrate" },
  invite: { effect: "write", words: "invite invitation add" },
  request: { effect: "write", words: "request ask" },
  publish: { effect: "write", words: "publish release deploy ship announce create" },
  pin: { effect: "write", words: "pin stick highlight" },
  protect: { effect: "write", words: "protect protection secure guard restrict require enforce mandatory rule" },
  undo: { effect: "write", words: "undo revert remove delete unset reset withdraw restore" },
  compare: { effect: "read", words: "compare diff difference change between" },
  count: { effect: "read", words: "count number many total much usage amount" },
} as const satisfies Record<string, { effect: "read" | "write"; words: string }>;

export type Action = keyof typeof ACTIONS;

/** Nouns and adjectives that name the same thing in different APIs. */
const THINGS: readonly string[] = [
  "user member people person someone somebody account colleague collaborator contributor friend who customer employee profile coworker teammate staff everyone everybody nobody human",
  "repository repo project codebase library",
  "organization organisation org company workspace business tenant",
  "me my mine myself i authenticated current self own viewer whoami",
  "reference ref branch tag head",
  "pull pr merge mr",
  "issue ticket bug task defect report story",
  "comment reply remark feedback note message discussion answer conversation say said",
  "picture image photo avatar icon png jpg svg screenshot",
  "setting configuration config preference option property",
  "permission access right role grant privilege collaborator allowed",
  "key token credential secret password",
  "hook webhook callback notification notify backend server listener inform tell call deliver",
  "notify notification subscription subscribe alert watch inbox unread thread",
  "alert warning problem finding vulnerability vulnerable insecure hole security exploit cve",
  "leak secret exposed credential accident committed",
  "workflow build ci pipeline action run job",
  "check status test",
  "status state condition",
  "referrer referer source origin",
  "fail failed failing failure error broken crash",
  "file content document asset attachment binary source",
  "folder directory",
  "page document article doc docs guide howto tutorial",
  "code source",
  "change diff modified edited commit",
  "history log activity event audit past version revision happen trail change changed revision",
  "version revision release",
  "latest newest last recent current",
  "text body description content",
  "invite invitation",
  "reaction emoji react like thumb heart",
  "star favorite favourite like bookmark heart",
  "stargazer star bookmark favorite",
  "watcher subscriber watch subscription",
  "category section group chapter topic",
  "label tag",
  "key value variable token",
  "bill billing cost usage spend spent price payment paid pay bought buy purchase invoice",
  "seat license licence subscription plan",
  "limit quota rate remaining left throttle throttled",
  "request call delivery",
  "link url address uri href",
  "ip address network firewall",
  "email mail",
  "traffic view visit visitor clone statistic stat analytics",
  "zip archive tarball zipball download",
  "owner transfer",
  "private public visibility hidden",
  "site website homepage pages",
  "environment stage staging production",
  "main master default",
  "child sub nested subtask",
  "colour color",
  "job role position vacancy",
  "ai bot assistant agent",
  "bin trash",
  "announcement news changelog post update",
  "specification spec schema definition swagger openapi api",
  "variable token value constant",
  "node layer frame element shape object",
  "category group section",
  "log output console trace",
  "reviewer review approval",
  "install installation setup",
  "address ip url location",
];

/** Groups of words that mean one, as people write them; the right side is what is looked up instead. */
const PHRASES: readonly (readonly [said: string, meant: string])[] = [
  ["give me", "get"],
  ["show me", "show"],
  ["tell me", "get"],
  ["get me", "get"],
  ["information about", "get"],
  ["info about", "get"],
  ["info on", "get"],
  ["details of", "get"],
  ["up to date", "update sync"],
  ["bring back", "restore undo"],
  ["put back", "restore undo"],
  ["get back", "restore undo"],
  ["get rid of", "delete"],
  ["throw away", "delete"],
  ["throw out", "dismiss delete"],
  ["take away", "remove"],
  ["take back", "remove undo"],
  ["take off", "remove"],
  ["take down", "delete"],
  ["kick out", "remove"],
  ["kick off", "run"],
  ["set off", "run"],
  ["set up", "create"],
  ["turn off", "disable"],
  ["switch off", "disable"],
  ["shut down", "stop"],
  ["turn on", "enable"],
  ["switch on", "enable"],
  ["hand over", "transfer"],
  ["look for", "search"],
  ["look something up", "search"],
  ["look up", "get"],
  ["sign off", "approve"],
  ["log in", "login"],
  ["logged in", "me"],
  ["sign in", "login"],
  ["log out", "logout"],
  ["who i am", "get me user"],
  ["who am i", "get me user"],
  ["write back", "create comment reply"],
  ["spin up", "create"],
  ["sign up", "register"],
  ["fill in", "update"],
  ["put in", "add"],
  ["check out", "get"],
  ["by hand", "manual"],
  ["how many", "count"],
  ["how much", "count"],
  ["how often", "count usage"],
];

/** Questions that ask for something to be read, by their first word. */
export const QUESTION_WORDS: ReadonlySet<string> = new Set(
  "who what which whose where when how is are does do did has have can will was were whom".split(" "),
);

function stemsIn(words: string): string[] {
  return words.split(" ").map(stemOf);
}

function conceptTable(): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, string[]>();
  const rows = [
    ...Object.entries(ACTIONS).map(([name, { words }]) => [`~${name}`, words] as const),
    ...THINGS.map((words) => [`~${words.split(" ", 2).join("+")}`, words] as const),
  ];
  for (const [name, words] of rows) {
    for (const stem of stemsIn(words)) table.set(stem, [...new Set([...(table.get(stem) ?? []), name])]);
  }
  return table;
}

const CONCEPTS = conceptTable();

/** Who does it and what is done are one: `watcher` and `watch`, `assignee` and `assign`; so are doing and undoing, which is also an undo. */
function relatedForms(stem: string): readonly string[] {
  const base = stem.replace(/(er|or|ee|e)$/, "");
  if (base.length < 4) return [];
  const done = base.replace(/^un/, "");
  return done !== base && done.length >= 4 ? [`=${base}`, `=${done}`, "~undo"] : [`=${base}`];
}

const conceptsByStem = new Map<string, readonly string[]>();

/** As for stems: the words of several large API descriptions. */
const MAX_REMEMBERED_CONCEPTS = 20_000;

/** The rows that a stem is in, as index terms: `~remove`. */
export function conceptsOf(stem: string): readonly string[] {
  const known = conceptsByStem.get(stem);
  if (known !== undefined) return known;
  const concepts = [...(CONCEPTS.get(stem) ?? []), ...relatedForms(stem)];
  if (conceptsByStem.size < MAX_REMEMBERED_CONCEPTS) conceptsByStem.set(stem, concepts);
  return concepts;
}

export function isAction(concept: string): concept is `~${Action}` {
  return Object.hasOwn(ACTIONS, concept.slice(1));
}

const VERBS: ReadonlySet<string> = new Set(Object.values(ACTIONS).flatMap(({ words }) => words.split(" ")));

/** Whether a word can begin a request: orders use the plain form, so `checks` and `security` do not. */
export function isVerb(word: string): boolean {
  return VERBS.has(word);
}

const EFFECTS: ReadonlyMap<string, "read" | "write"> = new Map(
  Object.entries(ACTIONS).map(([name, { effect }]) => [name, effect]),
);

export function effectOf(concept: `~${Action}`): "read" | "write" {
  return EFFECTS.get(concept.slice(1)) ?? "read";
}

const SPLIT_PHRASES = PHRASES.map(([said, meant]) => ({ said: splitWords(said), meant: splitWords(meant) }));

/** `kick someone out of …` stays readable: the words of a phrase may have a few others between them. */
const MAX_WORDS_BETWEEN = 3;

/** Where a phrase's words stand, in order and close together; `undefined` when it is not there. */
function placesOf(phrase: readonly string[], words: readonly string[]): readonly number[] | undefined {
  const places: number[] = [];
  for (const word of phrase) {
    const from = (places.at(-1) ?? -1) + 1;
    const at = words.indexOf(word, from);
    if (at < 0 || (places.length > 0 && at - from > MAX_WORDS_BETWEEN)) return undefined;
    places.push(at);
  }
  return places;
}

/** The words with phrases replaced by what they mean. */
export function meantBy(words: readonly string[]): string[] {
  let now = [...words];
  for (const { said, meant } of SPLIT_PHRASES) {
    if (!now.includes(said[0] ?? "")) continue;
    const places = placesOf(said, now);
    if (places === undefined) continue;
    const [first = 0] = places;
    now = now.flatMap((word, at) => (at === first ? meant : places.includes(at) ? [] : [word]));
  }
  return now;
}
