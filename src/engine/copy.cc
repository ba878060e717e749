#include "engine/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <array>

#include "archive/pack.h"
#include "archive/unpack.h"
#include "engine/copy_place.h"
#include "engine/inside.h"
#include "engine/life.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/poll.h"

namespace cove::engine {
namespace {

archive::Reader reader_of(int fd) {
  return archive::Reader([fd](char* buffer, size_t size) { return sys::read_some(fd, buffer, size); });
}

Status pack(const Opener& open, const std::string& path, bool follow, int out,
            archive::PackOptions pack_options) {
  const Source source = COVE_TRY(find_source(open, path, follow));
  archive::Writer writer(out);
  pack_options.through_link = follow;
  archive::Packer packer(writer, pack_options);
  // Named as it was asked for, not as a link leads.
  const std::string asked = split_path(path).name;
  const bool unnamed = source.name == "." || asked.empty() || asked == "..";
  COVE_TRY(packer.add(source.directory.get(), source.name, unnamed ? "." : asked));
  return writer.finish();
}

// The first entry decides where it goes.
Result<std::vector<std::string>> unpack(const Opener& open, const std::string& path, bool content, int in,
                                        const archive::UnpackOptions& options) {
  archive::Reader reader = reader_of(in);
  const auto first = COVE_TRY(reader.next());
  if (!first) return std::vector<std::string>();
  // A root directory has no name that its copy could have.
  const bool whole = content || first->path == "./";
  Place place = COVE_TRY(find_place(open, path, first->type == archive::Type::directory, whole));
  place.options.owners = options.owners;
  place.options.special_bits = options.special_bits;
  place.options.devices = options.devices;
  archive::Unpacker unpacker(place.directory.get(), std::move(place.options));
  COVE_TRY(unpacker.add(*first, reader));
  COVE_TRY(unpacker.add_all(reader));
  return unpacker.warnings();
}

Status relay(int in, int out) {
  std::array<char, size_t{64} << 10> buffer;
  while (true) {
    const size_t got = COVE_TRY(sys::read_some(in, buffer.data(), buffer.size()));
    if (got == 0) return {};
    COVE_TRY(sys::write_all(out, {buffer.data(), got}, "the archive"));
  }
}

// With the lock for as long as it must not be started.
Result<Container> open_for_copy(const Roots& roots, std::string_view reference) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  if (condition_of(container) == Condition::removing) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("container {} is being removed", container.record.name));
  }
  if (is_up(condition_of(container))) COVE_TRY(container.directory.unlock());
  return container;
}

// What went wrong inside is the reason for what went wrong here.
Status outcome(Status inside, Status outside) {
  COVE_TRY(std::move(inside));
  return outside;
}

Error explain_inside(Error error) {
  if (error.sys_errno() == EROFS)
    error.set_hint("the root file system or this mount is read-only; a tmpfs of a stopped container is, too");
  return error;
}

Status finish(Inside& inside, Status outside) {
  Status done = inside.finish();
  if (!done) return explain_inside(done.error());
  return outcome(std::move(done), std::move(outside));
}

InsideWork pack_inside(const std::string& path, bool follow, const archive::PackOptions& options) {
  return [=](int root, int data) { return pack(open_inside(root), path, follow, data, options); };
}

InsideWork unpack_inside(const std::string& path, bool content, const CopyOptions& options) {
  archive::UnpackOptions unpacking;
  unpacking.owners = options.archive;
  unpacking.special_bits = true;
  unpacking.devices = true;
  return [=](int root, int data) -> Status {
    COVE_TRY(unpack(open_inside(root), path, content, data, unpacking));
    return {};
  };
}

Status send_from_inside(const Roots& roots, std::string_view reference, const InsideWork& work, int out) {
  Container container = COVE_TRY(open_for_copy(roots, reference));
  Inside inside = COVE_TRY(Inside::start(roots, container, DataFlow::out, work));
  Status relayed = relay(inside.data(), out);
  return finish(inside, std::move(relayed));
}

}  // namespace

Status copy_from(const Roots& roots, std::string_view reference, const std::string& source,
                 const std::string& destination, const CopyOptions& options, const Warn& warn) {
  COVE_TRY(sys::block_signals({SIGPIPE}));
  Container container = COVE_TRY(open_for_copy(roots, reference));
  Inside inside =
      COVE_TRY(Inside::start(roots, container, DataFlow::out, pack_inside(source, options.follow, {})));
  archive::UnpackOptions unpacking;
  unpacking.owners = options.archive;
  const bool content = names_content(source);
  const auto warnings = unpack(open_on_host, destination, content, inside.data(), unpacking);
  inside.close_data();
  COVE_TRY(finish(inside, warnings ? Status() : Status(warnings.error())));
  for (const std::string& warning : *warnings) warn(warning);
  return {};
}

Status copy_from_as_tar(const Roots& roots, std::string_view reference, const std::string& source, int out,
                        const CopyOptions& options) {
  COVE_TRY(sys::block_signals({SIGPIPE}));
  return send_from_inside(roots, reference, pack_inside(source, options.follow, {}), out);
}

Status export_as_tar(const Roots& roots, std::string_view reference, int out) {
  COVE_TRY(sys::block_signals({SIGPIPE}));
  archive::PackOptions options;
  options.mounts = archive::Mounts::overlays;
  return send_from_inside(roots, reference, pack_inside("/", false, options), out);
}

Status copy_to(const Roots& roots, const std::string& source, std::string_view reference,
               const std::string& destination, const CopyOptions& options, const Warn&) {
  COVE_TRY(sys::block_signals({SIGPIPE}));
  Container container = COVE_TRY(open_for_copy(roots, reference));
  // Before anything is started: the frequent mistake.
  COVE_TRY(find_source(open_on_host, source, options.follow));
  Inside inside = COVE_TRY(Inside::start(roots, container, DataFlow::in,
                                         unpack_inside(destination, names_content(source), options)));
  Status packed = pack(open_on_host, source, options.follow, inside.data(), {});
  inside.close_data();
  return finish(inside, std::move(packed));
}

Status copy_to_from_tar(const Roots& roots, int in, std::string_view reference,
                        const std::string& destination, const CopyOptions& options) {
  COVE_TRY(sys::block_signals({SIGPIPE}));
  Container container = COVE_TRY(open_for_copy(roots, reference));
  archive::UnpackOptions unpacking;
  unpacking.owners = options.archive;
  unpacking.special_bits = unpacking.devices = true;
  const InsideWork work = [&](int root, int data) -> Status {
    Result<UniqueFd> directory = open_inside(root)(destination, O_RDONLY | O_DIRECTORY);
    if (!directory) return std::move(directory).error();
    archive::Reader reader = reader_of(data);
    archive::Unpacker unpacker(directory->get(), unpacking);
    return unpacker.add_all(reader);
  };
  Inside inside = COVE_TRY(Inside::start(roots, container, DataFlow::in, work));
  Status relayed = relay(in, inside.data());
  inside.close_data();
  // What follows the archive's end is of no interest to who unpacks it.
  if (!relayed && relayed.error().sys_errno() == EPIPE) relayed = {};
  return finish(inside, std::move(relayed));
}

}  // namespace cove::engine
