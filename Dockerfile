# Production dependencies in a stage of their own, so that a change of source does not install them again.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Types and source maps are half of the packages' size, and nothing of them is read while the server runs.
RUN npm ci --omit=dev --omit=optional \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM node:26-slim
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="CodeLlama Server" \
      org.opencontainers.image.description="A standalone LLM gateway for coding questions" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
# One arena of malloc for all threads: some 15 MB less under load (docs/performance.md).
ENV MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY deploy/container-start.js ./deploy/
COPY src ./src
# The embedded database lives in data; mount a volume to keep it. The compile cache makes later starts quicker.
# With a read-only root nothing else is written to (--read-only; --tmpfs /app/node_modules/.cache keeps the cache).
RUN mkdir -p data node_modules/.cache && chown node:node data node_modules/.cache && chmod 700 data
# root where the platform's volumes belong to root and it cannot say otherwise (Fly): then the entry hands the folder over.
ARG RUN_AS=node
USER ${RUN_AS}
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/health/live').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# As npm start, and not through npm, which would keep SIGTERM from the server and so its drain.
CMD ["node", "--max-semi-space-size=16", "deploy/container-start.js"]
