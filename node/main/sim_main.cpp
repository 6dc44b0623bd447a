#include "node/simulator/simulator.h"

int main(int argc, char** argv) {
  return capsize::simulator::run_simulator({argv, static_cast<std::size_t>(argc)});
}
