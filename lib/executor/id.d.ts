declare module "*.id" {
  const text: string;
  export default text;
}
