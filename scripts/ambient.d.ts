/** The workerd package has no types of its own: its default export is the path of the binary. */
declare module "workerd" {
  const binary: string | { readonly default: string };
  export default binary;
}
