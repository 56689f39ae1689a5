"""The build backend for the checkout's root: setuptools, in the folder of this file."""

import os
from pathlib import Path

os.chdir(Path(__file__).resolve().parent)

from setuptools.build_meta import (  # noqa: E402, F401
    build_editable,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
