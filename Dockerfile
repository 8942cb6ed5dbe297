# syntax=docker/dockerfile:1
ARG BUILD_FROM=ghcr.io/home-assistant/base-debian:trixie

# Builds the card and leaves only what runs. No package needs a script of its own for that.
FROM node:24-trixie-slim AS build
WORKDIR /opt/hypervolt
COPY package.json package-lock.json .npmrc ./
COPY card ./card
COPY src ./src
RUN npm ci --ignore-scripts \
 && node card/build.mjs \
 && npm prune --omit=dev --omit=optional --ignore-scripts \
 && rm -rf card/src card/dev

FROM ${BUILD_FROM}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends redis-server ca-certificates libstdc++6 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /opt/hypervolt /opt/hypervolt
COPY models /opt/hypervolt/models
COPY addon/rootfs /
ENV NODE_ENV=production
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD node -e "fetch('http://127.0.0.1:8099/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"

ARG BUILD_VERSION
ARG BUILD_ARCH
LABEL \
  io.hass.type="app" \
  io.hass.version="${BUILD_VERSION}" \
  io.hass.arch="${BUILD_ARCH}"
