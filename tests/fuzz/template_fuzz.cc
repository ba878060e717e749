// Templates of --format: parsed, and carried out on rows and maps, as values and as a heading. An error is
// one line; nothing takes long or much memory.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/format/template.h"
#include "require.h"

namespace {

using namespace cove;               // NOLINT: a fuzz target
using namespace cove::cli::format;  // NOLINT

using fuzz::require;
using fuzz::sound;

Value row() {
  return Value::record({{"ID", "0123456789ab"},
                        {"Names", "web"},
                        {"N", -3},
                        {"U", UINT64_MAX},
                        {"F", 1.5},
                        {"T", true},
                        {"Nil", nullptr},
                        {"S", Value::strings({"a", "b\xff", "é"})},
                        {"Label", Value::lookup({{"a", "x"}})},
                        {"M", Value::map({{"k", Value::map({{"d", Array{1, "x", nullptr}}})}, {"e", ""}})},
                        {"State", Value::record({{"Pid", 12}, {"Health", nullptr}})}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Value kRow = row();
  const auto parsed = Template::parse({reinterpret_cast<const char*>(data), size});
  if (!sound(parsed)) return 0;
  sound(parsed->execute(kRow));
  require(parsed->execute_heading(kRow).size() < size_t{70} << 20);
  return 0;
}
