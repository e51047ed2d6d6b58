/** Programs to begin with, for the tools of this desk. */

export const EXAMPLES: readonly { readonly name: string; readonly code: string }[] = [
  {
    name: "who owes the most",
    code: `async () => {
  // Who owes the most? Reads only: nothing waits.
  const ids = await accounts.list({});
  const all = await Promise.all(ids.map((id) => accounts.get({ id })));
  const owing = all.filter((a) => a.balance < 0).sort((a, b) => a.balance - b.balance);
  return owing.slice(0, 5).map(({ id, name, balance }) => ({ id, name, balance }));
}`,
  },
  {
    name: "give credit, asking first",
    code: `async () => {
  // Give two customers credit: each waits for a person.
  const decided = await Promise.allSettled([
    accounts.set_credit({ id: 7, credit: 1500 }),
    accounts.set_credit({ id: 8, credit: 2500 }),
  ]);
  for (const [i, d] of decided.entries()) {
    const text = d.status === "fulfilled" ? "credit given" : \`not given: \${d.reason.message}\`;
    await accounts.note({ id: 7 + i, text });
  }
  return decided.map((d) => d.status);
}`,
  },
  {
    name: "an error, with its place",
    code: `async () => {
  // A word is misspelt: the error says in which line.
  const account = await accounts.get({ id: 9 });
  const cents = account.balanse.toFixed(0);
  return cents;
}`,
  },
];
