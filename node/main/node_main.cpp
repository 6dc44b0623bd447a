// capsize-node, and capsize-node-with-bugs (the same file, linked with the seeded bugs).
#include "node/app/node_app.h"

int main(int argc, char** argv) {
  return capsize::app::run_node({argv, static_cast<std::size_t>(argc)});
}
