# The server, with what PostgreSQL, Redis and metrics need.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm pack --pack-destination /tmp

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /tmp/latchkey-*.tgz ./
RUN npm init -y && npm install --omit=dev ./latchkey-*.tgz pg redis prom-client && rm latchkey-*.tgz && npm cache clean --force
USER node
RUN node node_modules/latchkey/dist/cli/main.js --version # what it compiles is kept for the first start
EXPOSE 3000 9464
CMD ["node", "node_modules/latchkey/dist/cli/main.js", "serve"]
