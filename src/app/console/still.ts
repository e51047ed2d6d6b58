/**
 * Keeps the mouse from what has only just come to lie where it lies: a click that was meant for what lay there before must not
 * decide. It looks at where things lie, and not at why they moved, of which there is no end: a card above that went or came, a
 * description, a refusal, a banner, a line that breaks, a page that became too short to stay scrolled as it was.
 */

/** A hand that is on its way takes as long to stop. */
export const SETTLE_MS = 450;

/** What is another button when its words change: "Approve all 4" after "Approve all 3", "Run" after "Running …". */
const SAYS = ".group > header, .compose > form > .buttons";

/** What has the buttons that decide: those, cards, and a question that a first click opened. */
const DECIDES = `${SAYS}, .card, .ask`;

function placeOf(one: HTMLElement): string {
  const words = one.matches(SAYS) ? one.textContent : "";
  return [one.offsetLeft, one.offsetTop, one.offsetWidth, one.offsetHeight, words].join(" ");
}

/** From now on, what has just come or moved says so by `data-moved`, for as long as the mouse presses nothing in it. */
export function keepStill(): void {
  const places = new WeakMap<HTMLElement, string>();
  let looks = 0;
  let scrolledTo = scrollY;
  let slides = 0;
  const look = () => {
    // Whoever scrolls is heard first: here the page slid by itself, and with it everything, each in its place on the page.
    if (scrollY !== scrolledTo) slides += 1;
    scrolledTo = scrollY;
    const all = [...document.querySelectorAll<HTMLElement>(DECIDES)];
    const moved = all
      .map((one) => ({ one, place: `${placeOf(one)} ${slides}` }))
      .filter(({ one, place }) => places.get(one) !== place);
    if (moved.length === 0) return;
    looks += 1;
    const name = `${looks}`;
    for (const { one, place } of moved) {
      places.set(one, place);
      one.dataset.moved = name;
    }
    setTimeout(() => {
      for (const { one } of moved) if (one.dataset.moved === name) delete one.dataset.moved;
    }, SETTLE_MS);
  };
  addEventListener("scroll", () => {
    scrolledTo = scrollY;
  });
  // The one hears of what is drawn before any click can, the other of a field or a window that is made larger.
  new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
  new ResizeObserver(look).observe(document.body);
}
