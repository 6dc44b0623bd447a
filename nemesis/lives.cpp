#include "nemesis/lives.h"

namespace capsize::nemesis {

bool lived_again(const base::Json& begin, const base::Json& end, int signal) {
  for (const auto& [node, life] : begin.items()) {
    if (life.value("signal", -1) != signal) return false;
    if (signal == 0 && life.value("exit-code", -1) != 0) return false;
    if (!end.contains(node)) return false;
    if (end[node].value("incarnation", 0) <= life.value("incarnation", 0)) return false;
  }
  return !begin.empty();
}

}  // namespace capsize::nemesis
