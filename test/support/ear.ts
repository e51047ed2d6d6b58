/** A connector that keeps what it hears of the passes and ends of runs. */
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { AuthoredTools } from "../../src/connector/foreign-tool.ts";

export function earOf(heard: string[], tools: AuthoredTools = {}) {
  return class Ear extends CodemodeConnector {
    override name() {
      return "ear";
    }
    protected override tools() {
      return tools;
    }
    override async onPassEnd(_id: string, status: string) {
      heard.push(`pass ended ${status}`);
    }
    override async disposeExecution(_id: string, status: string) {
      heard.push(`dispose ${status}`);
    }
  };
}
