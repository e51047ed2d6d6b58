/** An HTTP API from a file: the description is imported, and the token is read when a request leaves. */
import { OpenApiConnector } from "durable-codemode";
import description from "./descriptions/github.json";

interface Env {
  readonly GITHUB_TOKEN: string;
}

export class GitHub extends OpenApiConnector<Env> {
  override name() {
    return "github";
  }
  protected override spec() {
    return description;
  }
  protected override http() {
    return { auth: { type: "bearer", token: () => this.env.GITHUB_TOKEN } } as const;
  }
}
