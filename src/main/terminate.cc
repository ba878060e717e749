// In place of the C++ library's, which would print an exception that nobody throws, and for its sake brings a
// demangler along.
#include <cstdlib>
#include <exception>

namespace __gnu_cxx {
void __verbose_terminate_handler() {
  abort();
}
}  // namespace __gnu_cxx
