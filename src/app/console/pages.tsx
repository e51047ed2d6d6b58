/** A long list by pages: which part is on the screen, and the way to the others. */

/** Rows drawn at once: a journal may have thousands. */
const PAGE = 200;

/** Where the page begins that is shown: a list may have become shorter since one went there. */
function beginOf(length: number, from: number): number {
  return Math.max(0, Math.min(from, lastOf(length)));
}

const lastOf = (length: number) => Math.floor((length - 1) / PAGE) * PAGE;

export function pageOf<T>(list: readonly T[], from: number): readonly T[] {
  if (list.length <= PAGE) return list;
  const begin = beginOf(list.length, from);
  return list.slice(begin, begin + PAGE);
}

interface Props {
  readonly of: number;
  readonly from: number;
  readonly onTurn: (to: number) => void;
  readonly label: string;
}

export function Pages({ of, from, onTurn, label }: Props) {
  if (of <= PAGE) return null;
  const begin = beginOf(of, from);
  const end = Math.min(of, begin + PAGE);
  const turns = [
    { name: "First", to: 0 },
    { name: "Earlier", to: Math.max(0, begin - PAGE) },
    { name: "Later", to: Math.min(lastOf(of), begin + PAGE) },
    { name: "Last", to: lastOf(of) },
  ];
  return (
    <nav class="pages buttons" aria-label={label}>
      {turns.map(({ name, to }) => (
        // Not disabled where it leads nowhere: whoever came by the keyboard would lose it.
        <button key={name} type="button" aria-disabled={to === begin} onClick={() => to !== begin && onTurn(to)}>
          {name}
        </button>
      ))}
      <span class="quiet" role="status">
        {(begin + 1).toLocaleString("en")}–{end.toLocaleString("en")} of {of.toLocaleString("en")}
      </span>
    </nav>
  );
}
