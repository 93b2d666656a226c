# One image for each service, the portal and the jobs: what it is to be is said when it is started.
#   make images     makes the base and the wheels, builds it, and lives through a journey in it
#   docker build --file deploy/service.Dockerfile --tag kvitt-service:dev .    needs `make image-wheels` alone
# It asks no index of packages: all that it installs was fetched by the hashes of its lock before (.wheels/).
ARG BASE=docker.io/library/python:3.11-slim-bookworm

# hadolint ignore=DL3006
FROM ${BASE} AS building
COPY .wheels /wheels
COPY deploy/image/requirements.lock deploy/image/bill.py /building/
RUN python3 -m venv --without-pip /opt/kvitt \
    && python3 -m venv /building/pip \
    && /building/pip/bin/pip --python /opt/kvitt/bin/python install --quiet --no-index --find-links /wheels/others \
        --require-hashes --only-binary :all: --requirement /building/requirements.lock \
    && /building/pip/bin/pip --python /opt/kvitt/bin/python install --quiet --no-index --no-deps /wheels/*.whl \
    && /opt/kvitt/bin/python /building/bill.py > /opt/kvitt/bill.cdx.json \
    && find /opt/kvitt -depth -type d -name tests -path '*/site-packages/*' -exec rm -rf '{}' +

# hadolint ignore=DL3006
FROM ${BASE}
ARG VERSION=dev
LABEL org.opencontainers.image.title="Kvitt" org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.licenses="EUPL-1.2"
COPY --from=building /opt/kvitt /opt/kvitt
COPY deploy/image/health.py /opt/kvitt/health.py
# 10001 owns nothing that it runs
RUN echo 'kvitt:x:10001:10001::/nonexistent:/usr/sbin/nologin' >> /etc/passwd && echo 'kvitt:x:10001:' >> /etc/group
ENV PATH=/opt/kvitt/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
USER 10001:10001
EXPOSE 8443 8444
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "/opt/kvitt/health.py"]
ENTRYPOINT ["python", "-m"]
CMD ["orders.app"]
