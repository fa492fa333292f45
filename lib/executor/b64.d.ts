declare module "*.b64" {
  const text: string;
  export default text;
}
