// A layer from anybody, on its way to an EROFS image: whatever it is, there is an image or an error.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "archive_input.h"
#include "base/unique_fd.h"
#include "erofs/unpack.h"

namespace {

using namespace cove;

Status unpack(std::string_view rest, erofs::LayerImage& image) {
  archive::Reader reader(source_of(rest), quick_limits());
  while (const auto entry = COVE_TRY(reader.next())) COVE_TRY(image.add(*entry, reader));
  return image.finish(1, 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const UniqueFd file(::memfd_create("image", MFD_CLOEXEC));
  erofs::LayerImage image(file.get(), {});
  const Status made = unpack({reinterpret_cast<const char*>(data), size}, image);
  if (!made && made.error().message().empty()) std::abort();
  // An image begins with its superblock, 1 KiB in; what is none has no such thing.
  uint32_t magic = 0;
  const bool there = ::pread(file.get(), &magic, sizeof(magic), 1024) == sizeof(magic) && magic == 0xE0F5E1E2;
  if (there != made.ok()) std::abort();
  return 0;
}
