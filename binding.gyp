{
  # `core` is the whole engine without a single Node header; `addon` translates it for Node.
  # Source lists are read when the build is configured: scripts/build.mjs configures again when a
  # file comes or goes. Test and sanitizer builds are in test/native/Makefile.
  "target_defaults": {
    "include_dirs": ["native"],
    # Node's own settings come after ours, and they name an older C++.
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++14", "-std=gnu++1y", "-std=gnu++20"],
    "cflags_cc": [
      "-std=c++20", "-O3", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden",
      "-fvisibility-inlines-hidden", "-fPIC", "-Wall", "-Wextra",
      # gcc 12 sees overlaps in std::string where there are none; clang does not know the name.
      "-Wno-unknown-warning-option", "-Wno-restrict",
      "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3", "-D_GLIBCXX_ASSERTIONS",
      "-fstack-protector-strong",
    ],
    "xcode_settings": {
      "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
      "CLANG_CXX_LIBRARY": "libc++",
      "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
      "GCC_ENABLE_CPP_RTTI": "NO",
      "GCC_OPTIMIZATION_LEVEL": "3",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "12.0",
      "OTHER_CPLUSPLUSFLAGS": ["-Wall", "-Wextra", "-fstack-protector-strong"],
    },
    "conditions": [
      ["OS=='linux'", {
        "cflags_cc": ["-fstack-clash-protection"],
        # -z nodelete: Node unloads an addon with its last worker, while our threads still run.
        # -Bsymbolic: a template of the standard library that Node exports too stays ours.
        "ldflags": ["-Wl,-z,relro,-z,now,-z,nodelete,-Bsymbolic"],
      }],
      ["target_arch=='x64' or target_arch=='ia32'", {
        "cflags_cc": ["-fcf-protection"],
      }],
    ],
  },
  "targets": [
    {
      "target_name": "core",
      "type": "static_library",
      "sources": ["<!@(node scripts/native-sources.mjs core)"],
    },
    {
      "target_name": "addon",
      "product_name": "odradek",
      "type": "loadable_module",
      "dependencies": ["core"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        "NAPI_VERSION=9",
        "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # An environment that ends takes no exception; without this the wrappers abort the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],
      "sources": ["<!@(node scripts/native-sources.mjs addon)"],
    },
  ],
}
