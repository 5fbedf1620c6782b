{
    "targets": [
        {
            "target_name": "reapd",
            # Every .cc file in this folder; `make` configures anew when one comes or goes.
            "sources": ["<!@(ls *.cc)"],
            "include_dirs": ["../build/bpf", "../bpf"],
            "dependencies": ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except"],
            "defines": ["NAPI_VERSION=9"],
            "cflags_cc": ["-std=c++20", "-Wall", "-Wextra"],
            "libraries": ["-lbpf"],
        }
    ]
}
