// The runner of every native test: doctest's main, which knows --source-file and --test-case.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
