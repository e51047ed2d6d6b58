/** A wall around a part of the page: what cannot be drawn says so in its place, and all around it stays as it is. */
import { Component, type ComponentChildren } from "preact";
import { focusMain } from "./model.ts";
import { errorName } from "./words.ts";

interface Props {
  /** What is inside, as the beginning of a sentence: `This action`. */
  readonly what: string;
  /** Where the API has it, to be read as it is. */
  readonly raw: string;
  /** What is told beside that: what still works. */
  readonly rest?: string;
  /** A button beside those that every wall has. */
  readonly more?: ComponentChildren;
  /** Hears when it could not be drawn, and when it is to be tried again. */
  readonly onDrawn?: (isDrawn: boolean) => void;
  readonly children: ComponentChildren;
}

interface State {
  /** The name of the error that was thrown. */
  readonly fault?: string | undefined;
}

export class Guard extends Component<Props, State> {
  override state: State = {};

  static override getDerivedStateFromError(error: unknown): State {
    return { fault: errorName(error) };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.props.onDrawn?.(false);
  }

  readonly #again = (): void => {
    this.props.onDrawn?.(true);
    this.setState({ fault: undefined }, () => document.activeElement === document.body && focusMain());
  };

  override render() {
    const { fault } = this.state;
    const { what, raw, rest = "The rest of the page works.", more, children } = this.props;
    if (fault === undefined) return children;
    return (
      <div class="refusal broken" role="alert">
        <p>
          <strong>{what} could not be drawn.</strong> This is a fault of the page (<code>{fault}</code>): it changed
          nothing, and what you typed is kept. {rest}
        </p>
        <p class="buttons">
          <button type="button" onClick={this.#again}>
            Try again
          </button>
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
          <a href={raw} target="_blank" rel="noreferrer">
            Open the raw data
          </a>
          {more}
        </p>
      </div>
    );
  }
}
