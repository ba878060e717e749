// The first bytes of a program in the container: read by the child when an exec failed.
#include <cstddef>
#include <cstdint>

#include "launch/exec_diagnosis.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const cove::launch::ProgramHead head =
      cove::launch::parse_program_head({reinterpret_cast<const char*>(data), size});
  if (head.interpreter.size() > size) __builtin_trap();
  return 0;
}
