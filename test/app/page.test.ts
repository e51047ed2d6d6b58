/** The console's files: who gets the page, who the JSON, and what the page is allowed to do. */
import { expect, test } from "vitest";
import { pageFile } from "../../src/app/page.ts";

const HERE = "http://127.0.0.1:8787";

function get(path: string, accept = "*/*", method = "GET"): Response | undefined {
  return pageFile(new Request(`${HERE}${path}`, { method, headers: { accept } }));
}

test("a browser that asks for / gets the page, a program the list of routes", async () => {
  const page = get("/", "text/html,application/xhtml+xml,*/*;q=0.8");
  expect(page?.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page?.text()).toContain("<title>Codemode console</title>");
  expect(get("/")).toBeUndefined();
  expect(get("/", "application/json")).toBeUndefined();
});

test("HEAD has the headers of the page, and no page", async () => {
  const head = get("/", "text/html", "HEAD");
  expect(head?.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await head?.text()).toBe("");
});

test("routes of the API, and other methods, are not the console's", () => {
  expect(get("/pending", "text/html")).toBeUndefined();
  expect(get("/constructor", "text/html")).toBeUndefined();
  expect(get("/", "text/html", "POST")).toBeUndefined();
});

test("the page names only files that are there, and all of them forbid what the page does not need", async () => {
  const html = (await get("/", "text/html")?.text()) ?? "";
  const named = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(named).toEqual(["/console.svg", "/console.css", "/console.js"]);
  for (const path of ["/", ...named]) {
    const file = get(path, "text/html");
    const policy = file?.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
    expect(Object.fromEntries(file?.headers ?? [])).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
      vary: "accept",
    });
  }
  expect(html).not.toMatch(/<script(?![^>]*src=)|style=|\son\w+=/);
});

test("the script and the style come from nowhere else", async () => {
  const script = (await get("/console.js")?.text()) ?? "";
  const style = (await get("/console.css")?.text()) ?? "";
  expect(script).not.toMatch(/import\s*\(|from\s*["'`]/);
  expect(style).not.toMatch(/@import|url\(/);
  expect(script.length).toBeLessThan(120_000);
});
