# How every file is compiled and linked.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Assertions stay on in the release: they cost nothing next to a deploy that
# goes on after a broken invariant. In the fuzzers, too: they are to find one.
set(CMAKE_C_FLAGS_RELEASE "-O2 -D_FORTIFY_SOURCE=2")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_link_options(-Wl,-z,relro,-z,now)

add_compile_definitions(_GNU_SOURCE RUNPROOF_VERSION="${PROJECT_VERSION}")
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wvla
  -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith
  -Wformat=2 -fno-common -fstack-protector-strong
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(RUNPROOF_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(RUNPROOF_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(RUNPROOF_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(RUNPROOF_TIDY)
  set(CMAKE_C_CLANG_TIDY clang-tidy-14 --quiet --warnings-as-errors=*)
endif()
