/** Reads the results of a test run. */
import { DOMParser, type Element, type Node } from "@xmldom/xmldom";

/** One test that was run or skipped. */
export interface TestResult {
  /** The names of its groups and its own name, joined by " > ". */
  readonly name: string;
  /** How it ended. */
  readonly outcome: "passed" | "failed" | "skipped";
  /** The reason, if it failed. */
  readonly message: string;
}

/**
 * Returns the tests in a JUnit file that Deno, Bun or Node wrote. They disagree about what a suite is. For Bun it is a
 * file or a group, for Node a group, and for Deno the module that registered the test; Deno puts the groups in the
 * names of the tests, and lists each group as a test too.
 */
export function readResults(xml: string, runtime: "deno" | "bun" | "node"): TestResult[] {
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const results = [...document.getElementsByTagName("testcase")].map((test) => {
    const groups = runtime === "deno" ? [] : groupsOf(test);
    const failure = test.getElementsByTagName("failure").item(0);
    const isSkipped = test.getElementsByTagName("skipped").length > 0;
    return {
      name: [...groups, attribute(test, "name")].join(" > "),
      outcome: failure ? "failed" as const : isSkipped ? "skipped" as const : "passed" as const,
      message: failure ? attribute(failure, "message") : "",
    };
  });
  return runtime === "deno" ? results.filter((group) => !results.some((test) => isWithin(test, group))) : results;
}

function groupsOf(node: Node): string[] {
  const parent = node.parentNode as Element | null;
  if (parent?.nodeName !== "testsuite") return [];
  const name = attribute(parent, "name");
  return name === parent.getAttribute("file") ? [] : [...groupsOf(parent), name];
}

function isWithin(test: TestResult, group: TestResult): boolean {
  return test.name.startsWith(`${group.name} > `);
}

/** Node escapes some characters twice. */
function attribute(element: Element, name: string): string {
  return (element.getAttribute(name) ?? "").replaceAll("&quot;", '"').replaceAll("&apos;", "'");
}
