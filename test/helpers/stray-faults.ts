/** The server, with faults that belong to no request: SIGUSR2 makes a rejection nobody handles and an exception. */
process.on('SIGUSR2', () => {
  void Promise.reject(new Error(`stray rejection about ${process.env.OPENAI_API_KEY}`));
  setImmediate(() => {
    throw new Error(`stray exception about ${process.env.OPENAI_API_KEY}`);
  });
});
await import('../../src/main.ts');
