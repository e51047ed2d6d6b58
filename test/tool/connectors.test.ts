import { expectTypeOf, test } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";
import type { CreateCodemodeRuntimeOptions } from "../../src/handle-types.ts";

interface Env {
  readonly MAIL_TOKEN: string;
}

class Mail extends CodemodeConnector<Env> {
  override name(): string {
    return "mail";
  }
  protected override tools() {
    return {};
  }
}

test("a runtime takes classes and instances of connectors that name their env", () => {
  const clock = defineConnector<Env>({ name: "clock", tools: ({ MAIL_TOKEN }) => ({ [MAIL_TOKEN]: {} }) });
  expectTypeOf<[typeof Mail, typeof clock, Mail]>().toExtend<CreateCodemodeRuntimeOptions["connectors"]>();
  class Calendar extends clock {
    override name(): string {
      return "calendar";
    }
  }
  expectTypeOf<[typeof Calendar]>().toExtend<CreateCodemodeRuntimeOptions["connectors"]>();
  expectTypeOf<[Env]>().not.toExtend<CreateCodemodeRuntimeOptions["connectors"]>();
  expectTypeOf<[DateConstructor]>().not.toExtend<CreateCodemodeRuntimeOptions["connectors"]>();
});
