# The bot alone: no compiler, no pip leftovers of the build, no database. It needs MONGODB_URI.
# The Python is of a line with security updates until October 2029, on which the whole suite passes.
FROM python:3.13.18-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv --without-pip /app

COPY requirements.txt requirements-build.txt ./
RUN pip install --require-hashes --requirement requirements-build.txt \
    && pip --python /app/bin/python install --only-binary :all: --require-hashes --requirement requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /app/bin/python install --no-deps /wheels/*.whl

FROM python:3.13.18-slim-trixie

ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LOG_FORMAT=json WEB_HOST=0.0.0.0
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["tracklink", "health"]
ENTRYPOINT ["tracklink"]
CMD ["run"]
