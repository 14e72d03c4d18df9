# syncd in a container: `docker build --tag syncd .`, then docker-compose.yml, or on SQLite alone:
#   docker run --read-only --tmpfs /tmp --volume syncd-data:/data --volume ./config:/etc/syncd:ro syncd

# A tag can be moved to other contents; docker-compose.yml says how to pin it by its digest.
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# The packages first: they change more rarely than the code, and this layer then comes from the cache.
COPY requirements/ requirements/
RUN python -m venv /opt/syncd \
 && /opt/syncd/bin/python -m pip install --no-deps --require-hashes -r requirements/runtime.lock \
 && python -m pip install --no-deps --require-hashes -r requirements/build.lock

COPY pyproject.toml LICENSE ./
COPY man/ man/
COPY migrations/ migrations/
COPY syncd/ syncd/
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/syncd/bin/python -m pip install --no-deps --no-index /dist/*.whl \
 && /opt/syncd/bin/python -m pip uninstall --yes pip


FROM ${PYTHON_IMAGE}

LABEL org.opencontainers.image.title="syncd" \
      org.opencontainers.image.description="Keeps BetTune predictions equal to what Pinnacle says now." \
      org.opencontainers.image.licenses="MIT"

# A fixed number, so that volumes and secret files can be given to it.
RUN groupadd --system --gid 10001 syncd \
 && useradd --system --uid 10001 --gid syncd --no-create-home --home-dir /data --shell /usr/sbin/nologin syncd \
 && install --directory --owner=syncd --group=syncd --mode=0750 /data

COPY --from=build /opt/syncd /opt/syncd

ENV PATH="/opt/syncd/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SYNCD_CONFIG=/etc/syncd/syncd.toml

# The default database, data/syncd.db, lies below the working directory: with / that is the volume. Nothing else is
# written but /tmp, so the root file system can be read-only.
WORKDIR /
VOLUME ["/data"]
USER 10001:10001
EXPOSE 8080

STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["syncd", "health"]
ENTRYPOINT ["syncd"]
CMD ["run"]
