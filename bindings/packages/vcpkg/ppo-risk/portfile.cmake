# vcpkg port of the library without the trainer, of the checkout that this file is in:
#
#     vcpkg install ppo-risk --overlay-ports=bindings/packages/vcpkg
#
# cargo builds it (Rust 1.89 or newer), unless PPO_RISK_LIBRARY names one that is built already (which vcpkg passes on
# where VCPKG_KEEP_ENV_VARS names it).
vcpkg_check_linkage(ONLY_DYNAMIC_LIBRARY)
vcpkg_find_acquire_program(PYTHON3)
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

set(library "$ENV{PPO_RISK_LIBRARY}")
if(library STREQUAL "")
    set(built "${CURRENT_BUILDTREES_DIR}/${TARGET_TRIPLET}-rel")
    file(MAKE_DIRECTORY "${built}")
    vcpkg_execute_required_process(
        COMMAND cargo build --release --locked --lib --no-default-features --target-dir "${built}"
        WORKING_DIRECTORY "${SOURCE_PATH}"
        LOGNAME "build-${TARGET_TRIPLET}-rel"
    )
    set(library "${built}/release/libppo_risk.so")
endif()

vcpkg_execute_required_process(
    COMMAND "${PYTHON3}" .setup/install.py --prefix "${CURRENT_PACKAGES_DIR}" --library "${library}"
    WORKING_DIRECTORY "${SOURCE_PATH}"
    LOGNAME "install-${TARGET_TRIPLET}-rel"
)

# One build serves debug and release; its CMake files find the library from where they are.
set(VCPKG_POLICY_MISMATCHED_NUMBER_OF_BINARIES enabled)
set(VCPKG_POLICY_SKIP_MISPLACED_CMAKE_FILES_CHECK enabled)
set(VCPKG_POLICY_SKIP_LIB_CMAKE_MERGE_CHECK enabled)

vcpkg_install_copyright(FILE_LIST
    "${SOURCE_PATH}/LICENSE-MIT"
    "${SOURCE_PATH}/LICENSE-APACHE"
    "${SOURCE_PATH}/bindings/packages/THIRD-PARTY.txt"
)
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
