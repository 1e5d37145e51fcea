# The base with the stack's packages downloaded and none of them installed: what a warm package cache is to apt-get.
# Takes the arguments of Dockerfile.
ARG BASE
FROM ${BASE}
ARG MIRROR
ARG SECURITY_MIRROR
ARG PACKAGES
RUN printf 'deb %s trixie main\ndeb %s trixie-updates main\ndeb %s trixie-security main\n' \
      "$MIRROR" "$MIRROR" "$SECURITY_MIRROR" >/etc/apt/sources.list \
 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --download-only $PACKAGES
