declare module '*.css?inline' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: that is how vite hands it out
  export default text;
}
