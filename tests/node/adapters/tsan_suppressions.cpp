// libzmq is Debian's and not instrumented: ThreadSanitizer sees its calls of malloc, memcpy and
// recv, but none of the synchronisation between them. What is called from there is left out;
// everything of our own, the log thread above all, is checked.

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libzmq.so.5\n"
         "race:free_string\n";  // libzmq's call-back when a buffer that we handed over was sent
}
