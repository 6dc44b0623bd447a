// Stylesheets are imported for esbuild, which gathers them into dist/<folder>.css.
declare module "*.css";
