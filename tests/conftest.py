"""What every test has: no deadlines on a busy machine, and asyncio for asynchronous tests."""

import os

import pytest
from hypothesis import settings

# Examples vary at a desk, where they find new things, and stay the same in CI, where they must not vary.
settings.register_profile("drillbook", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("drillbook")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
