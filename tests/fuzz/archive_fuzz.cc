// A tar archive from anybody: an image's layer, or what a container sends while it is copied from.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "archive_input.h"

namespace {

using namespace cove;

Result<std::optional<archive::Entry>> read_again(const archive::Entry& entry) {
  const std::string text = archive::print_header(entry);
  size_t at = 0;
  archive::Reader reader([&](char* buffer, size_t size) -> Result<size_t> {
    const size_t part = std::min(size, text.size() - at);
    text.copy(buffer, part, at);
    at += part;
    return part;
  });
  return reader.next();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const archive::Limits limits = quick_limits();
  archive::Reader reader(source_of(rest), limits);
  std::array<char, 1000> content;
  while (true) {
    const auto entry = reader.next();
    if (!entry || !*entry) return 0;
    const archive::Entry& found = **entry;
    if (found.path.empty() || found.path.size() > limits.path_bytes) std::abort();
    // What was accepted must survive the way back.
    const auto again = read_again(found);
    if (!again || !*again || !(**again == found)) std::abort();
    while (true) {
      const auto got = reader.read(content.data(), content.size());
      if (!got || *got == 0) break;
    }
  }
}
