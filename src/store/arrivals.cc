#include "store/arrivals.h"

#include <algorithm>

#include "store/layer_work.h"
#include "sys/process.h"

namespace cove::store {
namespace {

constexpr size_t kBuffer = size_t{256} << 10;
constexpr size_t kMostWaiting = 4;  // each has threads, memory and open files

// gzip, zstd, or a header of an archive ("magic" at 257: pax(1p), "ustar Interchange Format").
bool looks_like_layer(std::string_view head) {
  constexpr size_t kMagicAt = 257;
  constexpr std::string_view kMagic = "ustar";
  if (codec::compression_of(head) != codec::Compression::none) return true;
  return head.size() > kMagicAt + kMagic.size() && head.substr(kMagicAt, kMagic.size()) == kMagic;
}

}  // namespace

// What the threads share; at an address that stays.
class ArrivingLayer::Work {
 public:
  Work(int root_fd, LayerRequest request, UnpackOptions options)
      : request_(std::move(request)),
        options_(options),
        work_(root_fd, request_, options_,
              [this](char* buffer, size_t size) { return in_.read(buffer, size); }) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work() { join(Error(ErrorCode::unspecified, "given up")); }

  Result<bool> lock() { return work_.lock(false); }
  void start() {
    thread_ = std::thread([this] {
      status_ = work_.run();
      in_.close();
    });
  }
  void write(std::string_view bytes) { in_.write(bytes); }
  void end() {
    if (!std::exchange(ended_, true)) in_.end();
  }
  Result<UnpackedLayer> finish() {
    end();
    thread_.join();
    if (!status_) return status_.error();
    return std::move(work_.result());
  }

 private:
  void join(Error why) {
    if (!thread_.joinable()) return;
    if (!ended_) in_.fail(std::move(why));
    thread_.join();
  }

  LayerRequest request_;
  UnpackOptions options_;
  Pipe in_;  // compressed
  LayerWork work_;
  std::thread thread_;
  Status status_;
  bool ended_ = false;
};

Result<std::unique_ptr<ArrivingLayer>> ArrivingLayer::begin(int root_fd, const LayerRequest& request,
                                                            const UnpackOptions& options) {
  std::unique_ptr<ArrivingLayer> layer(new ArrivingLayer);
  layer->work_ = std::make_unique<Work>(root_fd, request, options);
  if (!COVE_TRY(layer->work_->lock())) return std::unique_ptr<ArrivingLayer>();
  layer->work_->start();
  return layer;
}

ArrivingLayer::~ArrivingLayer() = default;

void ArrivingLayer::write(std::string_view bytes) {
  work_->write(bytes);
}

void ArrivingLayer::end() {
  work_->end();
}

Result<UnpackedLayer> ArrivingLayer::finish() {
  return work_->finish();
}

Arrivals::Arrivals(int root_fd, UnpackOptions options, Progress* progress)
    : root_(root_fd),
      options_(options),
      progress_(progress),
      most_waiting_(std::clamp<size_t>(sys::online_cpu_count(), 2, kMostWaiting)) {}

Arrivals::~Arrivals() = default;

Result<std::unique_ptr<ArrivingLayer>> Arrivals::begin(const LayerRequest& request) {
  if (is_unpacked(root_, request.diff_id)) return std::unique_ptr<ArrivingLayer>();
  return ArrivingLayer::begin(root_, request, options_);
}

Status Arrivals::finish(const LayerRequest& request, std::unique_ptr<ArrivingLayer> layer) {
  UnpackedLayer unpacked;
  if (layer) {
    unpacked = COVE_TRY(layer->finish());
  } else {
    LayerWork work(root_, request, options_);
    COVE_TRY(work.run());
    unpacked = std::move(work.result());
  }
  const std::lock_guard lock(mutex_);
  // Without an id it was there before.
  if (!unpacked.layer.diff_id.empty()) unpacked_[request.blob_digest] = std::move(unpacked);
  return {};
}

Result<BlobInfo> Arrivals::keep(BlobWriter& writer, const codec::Source& source, const Coming& coming) {
  std::string buffer(kBuffer, '\0');
  std::unique_ptr<ArrivingLayer> layer;
  Item item{.digest = writer.expected().empty() ? coming.diff_id : writer.expected(), .total = coming.bytes};
  bool known = false;
  for (bool first = true; const size_t got = COVE_TRY(source(buffer.data(), buffer.size())); first = false) {
    const std::string_view bytes(buffer.data(), got);
    if (first && writer.offset() == 0 && looks_like_layer(bytes)) {
      known = true;
      auto begun = begin({writer.expected(), coming.bytes, coming.diff_id});
      if (begun) layer = std::move(*begun);
    }
    COVE_TRY(writer.write(bytes));
    if (layer) layer->write(bytes);
    item.moved += got;
    if (known) tell(item, Stage::moving);
  }
  BlobInfo blob = COVE_TRY(writer.finish());
  if (item.digest.empty()) item.digest = blob.digest;
  if (!layer) {
    if (known) tell(item, Stage::present);
    return blob;
  }
  tell(item, Stage::unpacking);
  layer->end();
  waiting_.push_back({blob.digest, std::move(layer), std::move(item)});
  if (waiting_.size() > most_waiting_) finish_oldest();
  return blob;
}

void Arrivals::tell(Item& item, Stage stage) {
  // An archive need not say what it brings.
  if (progress_ == nullptr || item.digest.empty()) return;
  item.stage = stage;
  progress_->update(item);
}

void Arrivals::finish_oldest() {
  Waiting& oldest = waiting_.front();
  const Status done = finish({oldest.blob_digest, 0, {}}, std::move(oldest.layer));
  if (done) tell(oldest.item, Stage::done);
  waiting_.pop_front();
}

UnpackedLayers Arrivals::take() {
  while (!waiting_.empty()) finish_oldest();
  const std::lock_guard lock(mutex_);
  return std::exchange(unpacked_, {});
}

}  // namespace cove::store
