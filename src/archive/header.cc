#include "archive/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/strings.h"

namespace cove::archive {
namespace {

// Where the fields of a header are.
struct Field {
  size_t offset;
  size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr size_t kTypeOffset = 156;
constexpr Field kLink{157, 100};
constexpr Field kMagic{257, 6};
constexpr Field kMajor{329, 8};
constexpr Field kMinor{337, 8};
constexpr Field kPrefix{345, 155};

// GNU's old sparse header: four pieces, whether more follow, and the file's size.
constexpr size_t kOldPieces = 386;
constexpr size_t kOldPieceCount = 4;
constexpr size_t kOldMore = 482;
constexpr Field kOldRealSize{483, 12};
constexpr size_t kBlockPieceCount = 21;
constexpr size_t kBlockMore = 504;
constexpr size_t kNumber = 12;

constexpr std::string_view kAttributeKey = "SCHILY.xattr.";
constexpr std::string_view kSparseKey = "GNU.sparse.";
constexpr mode_t kModeBits = 07777;

Error malformed(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

std::string_view bytes_of(const Block& block, Field field) {
  return {block.data() + field.offset, field.size};
}

// Up to the first NUL.
std::string_view text_of(const Block& block, Field field) {
  const std::string_view bytes = bytes_of(block, field);
  return bytes.substr(0, bytes.find('\0'));
}

// Octal digits, or GNU's binary numbers: the first bit set, then two's complement.
Result<int64_t> number_of(const Block& block, Field field, std::string_view what) {
  const std::string_view bytes = bytes_of(block, field);
  const auto first = static_cast<unsigned char>(bytes.front());
  if ((first & 0x80U) != 0) {
    const bool negative = (first & 0x40U) != 0;
    uint64_t number = negative ? ~uint64_t{0} : 0;
    number = (number << 6) | (first & 0x3fU);
    for (const char c : bytes.substr(1)) {
      const uint64_t top = number >> 55;
      if (top != 0 && top != 0x1ff) return malformed(fmt::format("the {} is out of range", what));
      number = (number << 8) | static_cast<unsigned char>(c);
    }
    return static_cast<int64_t>(number);
  }
  std::string_view digits = bytes.substr(0, bytes.find('\0'));
  digits = trim(digits);
  if (digits.empty()) return int64_t{0};
  const auto number = parse_number<uint64_t>(digits, 8);
  if (!number || *number > uint64_t{std::numeric_limits<int64_t>::max()})
    return malformed(fmt::format("the {} is not a number", what));
  return static_cast<int64_t>(*number);
}

Result<uint32_t> small_number(const Block& block, Field field, std::string_view what) {
  const int64_t number = COVE_TRY(number_of(block, field, what));
  if (number < 0 || number > int64_t{std::numeric_limits<uint32_t>::max()})
    return malformed(fmt::format("the {} is out of range", what));
  return static_cast<uint32_t>(number);
}

// The sum of all bytes, those of the sum itself counted as blanks. Some old programs took them as signed.
Status check_sum(const Block& block) {
  int64_t plain = 0;
  int64_t with_signs = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    const char c = own ? ' ' : block[i];
    plain += static_cast<unsigned char>(c);
    with_signs += static_cast<signed char>(c);
  }
  const Result<int64_t> stored = number_of(block, kChecksum, "checksum");
  if (!stored || (*stored != plain && *stored != with_signs))
    return malformed("this is no tar archive, or it is damaged: a header's checksum is wrong");
  return {};
}

Result<Type> type_of(char flag) {
  switch (flag) {
    case '0':
    case '\0':
    case '7':
      return Type::file;
    case '1':
      return Type::hard_link;
    case '2':
      return Type::symlink;
    case '3':
      return Type::character;
    case '4':
      return Type::block;
    case '5':
      return Type::directory;
    case '6':
      return Type::fifo;
    // Extensions: their content is what counts.
    case 'x':
    case 'g':
    case 'L':
    case 'K':
    case 'S':
      return Type::file;
    default:
      return malformed(
          fmt::format("entries of type {} are not supported", quote(std::string_view(&flag, 1))));
  }
}

std::optional<sys::FileTime> parse_time(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto [whole, fraction] = split_once(text, '.');
  const auto seconds = parse_number<int64_t>(whole);
  if (!seconds && whole != "-0") return std::nullopt;
  sys::FileTime time{seconds.value_or(0), 0};
  if (!fraction || fraction->empty()) return time;
  if (fraction->find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::string digits(fraction->substr(0, 9));
  digits.append(9 - digits.size(), '0');
  time.nanoseconds = parse_number<uint32_t>(digits).value_or(0);
  if (negative && time.nanoseconds != 0) {
    if (time.seconds == std::numeric_limits<int64_t>::min()) return std::nullopt;
    --time.seconds;
    time.nanoseconds = 1'000'000'000 - time.nanoseconds;
  }
  return time;
}

template <typename T>
Status set_number(std::optional<T>& target, std::string_view key, std::string_view value) {
  const auto number = parse_number<T>(value);
  if (!number) return malformed(fmt::format("{}: {} is not a number in range", key, quote(value)));
  target = *number;
  return {};
}

Status set_text(std::optional<std::string>& target, std::string_view key, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) return malformed(fmt::format("{} has a NUL byte", key));
  target = value;
  return {};
}

Status add_piece(Sparse& sparse, const Piece& piece) {
  if (sparse.pieces.size() >= kMostPieces)
    return malformed(fmt::format("a sparse file of more than {} pieces", kMostPieces));
  sparse.pieces.push_back(piece);
  return {};
}

Result<uint64_t> sparse_number(std::string_view value) {
  const auto number = parse_number<uint64_t>(value);
  if (!number || *number > uint64_t{std::numeric_limits<int64_t>::max()})
    return malformed(fmt::format("a sparse file: {} is no number", quote(value)));
  return *number;
}

// "OFFSET,SIZE,OFFSET,SIZE…"
Status add_pieces(Sparse& sparse, std::string_view value) {
  if (value.empty()) return {};
  const std::vector<std::string_view> numbers = split(value, ',');
  if (numbers.size() % 2 != 0) return malformed("the map of a sparse file is malformed");
  for (size_t i = 0; i < numbers.size(); i += 2) {
    const uint64_t offset = COVE_TRY(sparse_number(numbers[i]));
    const uint64_t size = COVE_TRY(sparse_number(numbers[i + 1]));
    COVE_TRY(add_piece(sparse, {offset, size}));
  }
  return {};
}

// `key` behind "GNU.sparse.".
Status apply_sparse(std::string_view key, std::string_view value, Overrides& overrides) {
  Sparse& sparse = overrides.sparse;
  sparse.found = true;
  if (key == "name") return set_text(overrides.path, key, value);
  if (key == "map") return add_pieces(sparse, value);
  if (key == "major") {
    sparse.major = static_cast<uint32_t>(std::min<uint64_t>(COVE_TRY(sparse_number(value)), 99));
    sparse.map_follows = sparse.major == 1;
  } else if (key == "minor") {
    sparse.minor = static_cast<uint32_t>(std::min<uint64_t>(COVE_TRY(sparse_number(value)), 99));
  } else if (key == "size" || key == "realsize") {
    sparse.real_size = COVE_TRY(sparse_number(value));
  } else if (key == "offset") {
    sparse.offset = COVE_TRY(sparse_number(value));
  } else if (key == "numbytes") {
    if (!sparse.offset) return malformed("a sparse file: a size without an offset");
    const uint64_t size = COVE_TRY(sparse_number(value));
    COVE_TRY(add_piece(sparse, {*sparse.offset, size}));
    sparse.offset.reset();
  }
  if (sparse.major > 1)
    return malformed(fmt::format("a sparse file of form {}, which is not known", sparse.major));
  return {};
}

Status add_old_pieces(const Block& block, size_t at, size_t count, Sparse& sparse) {
  for (size_t i = 0; i < count; ++i, at += 2 * kNumber) {
    if (block[at] == '\0') return {};
    const int64_t offset = COVE_TRY(number_of(block, {at, kNumber}, "offset of a sparse file"));
    const int64_t size = COVE_TRY(number_of(block, {at + kNumber, kNumber}, "size in a sparse file"));
    if (offset < 0 || size < 0) return malformed("the map of a sparse file is malformed");
    COVE_TRY(add_piece(sparse, {static_cast<uint64_t>(offset), static_cast<uint64_t>(size)}));
  }
  return {};
}

Status parse_old_sparse(const Block& block, Sparse& sparse) {
  sparse.found = true;
  const int64_t size = COVE_TRY(number_of(block, kOldRealSize, "size of a sparse file"));
  if (size < 0) return malformed("the size of a sparse file is negative");
  sparse.real_size = static_cast<uint64_t>(size);
  COVE_TRY(add_old_pieces(block, kOldPieces, kOldPieceCount, sparse));
  sparse.more_blocks = block[kOldMore] != '\0';
  return {};
}

Status apply_record(std::string_view key, std::string_view value, Overrides& overrides) {
  if (key == "path") return set_text(overrides.path, key, value);
  if (key == "linkpath") return set_text(overrides.link, key, value);
  if (key == "size") return set_number(overrides.size, key, value);
  if (key == "uid") return set_number(overrides.uid, key, value);
  if (key == "gid") return set_number(overrides.gid, key, value);
  if (key == "mtime") {
    overrides.time = parse_time(value);
    if (!overrides.time) return malformed(fmt::format("mtime: {} is no time", quote(value)));
    return {};
  }
  if (key.starts_with(kAttributeKey)) {
    const std::string_view name = key.substr(kAttributeKey.size());
    if (name.empty() || name.find('\0') != std::string_view::npos)
      return malformed("an attribute has no name");
    overrides.attributes.emplace_back(std::string(name), std::string(value));
    return {};
  }
  if (key.starts_with(kSparseKey)) return apply_sparse(key.substr(kSparseKey.size()), value, overrides);
  return {};  // of no use here: atime, comment …
}

void put_text(Block& block, Field field, std::string_view text) {
  std::memcpy(block.data() + field.offset, text.data(), std::min(text.size(), field.size));
}

bool fits(uint64_t number, Field field) {
  return number < (uint64_t{1} << (3 * (field.size - 1)));
}

// Whatever does not fit stands in the pax header.
void put_number(Block& block, Field field, uint64_t number) {
  const std::string digits = fmt::format("{:0{}o}", fits(number, field) ? number : 0, field.size - 1);
  put_text(block, field, digits);
}

char flag_of(Type type) noexcept {
  constexpr std::string_view kFlags = "0123456";
  return kFlags[static_cast<size_t>(type)];
}

void put_checksum(Block& block) {
  put_text(block, kChecksum, "        ");
  uint32_t sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put_text(block, kChecksum, fmt::format("{:06o}", sum) + '\0' + ' ');
}

Block plain_header(const Entry& entry, char flag) {
  Block block{};
  put_text(block, kName, entry.path);
  put_number(block, kMode, entry.mode & kModeBits);
  put_number(block, kUid, entry.uid);
  put_number(block, kGid, entry.gid);
  put_number(block, kSize, entry.size);
  put_number(block, kTime, entry.time.seconds < 0 ? 0 : static_cast<uint64_t>(entry.time.seconds));
  block[kTypeOffset] = flag;
  put_text(block, kLink, entry.link);
  put_text(block, kMagic, std::string_view("ustar\0", 6));
  put_text(block, {kMagic.offset + kMagic.size, 2}, "00");
  put_number(block, kMajor, entry.device_major);
  put_number(block, kMinor, entry.device_minor);
  put_checksum(block);
  return block;
}

// The length counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const size_t rest = key.size() + value.size() + 3;  // blank, "=" and line feed
  size_t length = rest;
  while (fmt::formatted_size("{}", length) + rest != length)
    length = fmt::formatted_size("{}", length) + rest;
  return fmt::format("{} {}={}\n", length, key, value);
}

std::string time_text(const sys::FileTime& time) {
  if (time.nanoseconds == 0) return fmt::format("{}", time.seconds);
  if (time.seconds >= 0) return fmt::format("{}.{:09}", time.seconds, time.nanoseconds);
  // -0.25 is a second before 0 and three quarters.
  const int64_t whole = -(time.seconds + 1);
  return fmt::format("-{}.{:09}", whole, 1'000'000'000 - time.nanoseconds);
}

std::string pax_records(const Entry& entry) {
  std::string records;
  if (entry.path.size() > kName.size) records += pax_record("path", entry.path);
  if (entry.link.size() > kLink.size) records += pax_record("linkpath", entry.link);
  if (!fits(entry.size, kSize)) records += pax_record("size", fmt::format("{}", entry.size));
  if (!fits(entry.uid, kUid)) records += pax_record("uid", fmt::format("{}", entry.uid));
  if (!fits(entry.gid, kGid)) records += pax_record("gid", fmt::format("{}", entry.gid));
  const bool plain_time = entry.time.nanoseconds == 0 && entry.time.seconds >= 0 &&
                          fits(static_cast<uint64_t>(entry.time.seconds), kTime);
  if (!plain_time) records += pax_record("mtime", time_text(entry.time));
  for (const auto& [name, value] : entry.attributes)
    records += pax_record(fmt::format("{}{}", kAttributeKey, name), value);
  return records;
}

}  // namespace

bool is_end_block(const Block& block) noexcept {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

Result<RawHeader> parse_header(const Block& block) {
  COVE_TRY(check_sum(block));
  RawHeader header;
  header.type = block[kTypeOffset];
  Entry& entry = header.entry;
  entry.type = COVE_TRY(type_of(header.type));
  entry.path = text_of(block, kName);
  if (header.type == 'S') COVE_TRY(parse_old_sparse(block, header.sparse));
  const bool posix = bytes_of(block, kMagic) == std::string_view("ustar\0", 6);
  const std::string_view prefix = posix ? text_of(block, kPrefix) : std::string_view();
  if (!prefix.empty()) entry.path = fmt::format("{}/{}", prefix, entry.path);
  entry.link = text_of(block, kLink);
  entry.mode = COVE_TRY(small_number(block, kMode, "mode")) & kModeBits;
  entry.uid = COVE_TRY(small_number(block, kUid, "user id"));
  entry.gid = COVE_TRY(small_number(block, kGid, "group id"));
  const int64_t size = COVE_TRY(number_of(block, kSize, "size"));
  if (size < 0) return malformed("the size is negative");
  entry.size = static_cast<uint64_t>(size);
  entry.time.seconds = COVE_TRY(number_of(block, kTime, "time"));
  const bool device = entry.type == Type::character || entry.type == Type::block;
  if (device) {
    entry.device_major = COVE_TRY(small_number(block, kMajor, "major number"));
    entry.device_minor = COVE_TRY(small_number(block, kMinor, "minor number"));
  }
  // The oldest form has no type for it.
  if (entry.type == Type::file && header.type == '\0' && entry.path.ends_with('/'))
    entry.type = Type::directory;
  return header;
}

Status parse_sparse_block(const Block& block, Sparse& sparse) {
  COVE_TRY(add_old_pieces(block, 0, kBlockPieceCount, sparse));
  sparse.more_blocks = block[kBlockMore] != '\0';
  return {};
}

Status check_pieces(const Sparse& sparse, uint64_t stored) {
  uint64_t at = 0;
  uint64_t total = 0;
  for (const Piece& piece : sparse.pieces) {
    if (piece.offset < at || piece.size > sparse.real_size || piece.offset > sparse.real_size - piece.size)
      return malformed("the map of a sparse file is malformed");
    at = piece.offset + piece.size;
    total += piece.size;
  }
  if (total != stored) return malformed("the map of a sparse file does not fit its content");
  return {};
}

Status parse_pax(std::string_view text, Overrides& overrides) {
  while (!text.empty()) {
    const size_t blank = text.find(' ');
    const auto length =
        blank == std::string_view::npos ? std::nullopt : parse_number<size_t>(text.substr(0, blank));
    if (!length || *length > text.size() || *length < blank + 3 || text[*length - 1] != '\n')
      return malformed("a pax record is malformed");
    const std::string_view record = text.substr(blank + 1, *length - blank - 2);
    const size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return malformed("a pax record has no key");
    COVE_TRY(apply_record(record.substr(0, equals), record.substr(equals + 1), overrides));
    text.remove_prefix(*length);
  }
  return {};
}

void apply(const Overrides& overrides, Entry& entry) {
  if (overrides.path && !overrides.path->empty()) entry.path = *overrides.path;
  if (overrides.link) entry.link = *overrides.link;
  if (overrides.size) entry.size = *overrides.size;
  if (overrides.uid) entry.uid = *overrides.uid;
  if (overrides.gid) entry.gid = *overrides.gid;
  if (overrides.time) entry.time = *overrides.time;
  entry.attributes.insert(entry.attributes.end(), overrides.attributes.begin(), overrides.attributes.end());
}

std::string print_header(const Entry& entry) {
  std::string out;
  const std::string records = pax_records(entry);
  if (!records.empty()) {
    Entry extension;
    extension.path = fmt::format("PaxHeaders/{}", std::string_view(entry.path).substr(0, 80));
    extension.mode = 0644;
    extension.size = records.size();
    const Block block = plain_header(extension, 'x');
    out.append(block.data(), block.size());
    out += records;
    out.append(padded(records.size()) - records.size(), '\0');
  }
  const Block block = plain_header(entry, flag_of(entry.type));
  out.append(block.data(), block.size());
  return out;
}

}  // namespace cove::archive
