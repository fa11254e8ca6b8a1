#include "data_path/client_connection.h"

#include <algorithm>

#include "base/assert.h"
#include "data_path/worker.h"

namespace odradek {
namespace {

// Appended but unacknowledged Produce requests of one connection; more wait in the socket.
constexpr size_t kPendingProducesMax = 1024;
constexpr size_t kPendingBytesMax = 64U << 20;
// How often a connection looks whether what it produced is durable, where that takes its time.
constexpr int64_t kDurableLookMs = 5;

}  // namespace

ClientConnection::ClientConnection(Worker& worker, Connection& connection)
    : worker_(worker), connection_(connection) {}

ClientConnection::~ClientConnection() = default;

FrameVerdict ClientConnection::on_frame(ByteSpan frame) {
  WireReader reader(frame);
  const auto header = read_request_header(reader);
  if (!header) return FrameVerdict::close;
  if (draining_ || exclusive_ != Exclusive::none || pause_timer_.is_set()) {
    return FrameVerdict::hold;
  }
  if (header->api_key == kProduceKey) return on_produce(*header, reader, frame);
  if (!produces_.empty()) return FrameVerdict::hold;
  if (header->api_key == kFetchKey) return on_fetch(*header, reader);
  return on_control(frame);
}

void ClientConnection::on_closed() {
  produces_.clear();
  worker_.timers().cancel(pause_timer_);
  backed_up_.clear();
  if (fetch_ != nullptr) fetch_->abandon();
  if (opening_ != nullptr) worker_.forget_openings(opening_->tokens());
  opening_.reset();
  worker_.connection_closed(connection_.id());
}

bool ClientConnection::is_busy() const {
  return exclusive_ != Exclusive::none || !produces_.empty() || pause_timer_.is_set();
}

FrameVerdict ClientConnection::on_produce(const RequestHeader& header, WireReader& reader,
                                          ByteSpan frame) {
  // A version that we do not speak was never advertised: there is no answer that such a client
  // would understand.
  if (header.api_version < kProduceVersionMin || header.api_version > kProduceVersionMax) {
    return FrameVerdict::close;
  }
  if (!has_room_for_produce()) return FrameVerdict::hold;
  ProduceRequest& request = worker_.produce_request();
  if (!decode_produce_request(header, reader, &request)) return FrameVerdict::close;
  worker_.count_produce();
  const int64_t began_ns = worker_.now_ns();
  ProduceWork& work = worker_.produce_work();
  worker_.produce_path().append(request, &work);
  if (work.openings.empty()) {
    complete_produce(request, frame.size(), began_ns, began_ns, &work);
    work.acks.clear();  // lets go of the partitions
    work.backed_up.clear();
    return FrameVerdict::taken;
  }
  exclusive_ = Exclusive::opening;
  opening_ = std::make_unique<OpeningProduce>(frame, std::move(work), began_ns);
  work = ProduceWork{};
  opening_->start(worker_.control(), [this] { return worker_.open_token(id()); });
  return FrameVerdict::taken;
}

void ClientConnection::complete_produce(const ProduceRequest& request, size_t request_bytes,
                                        int64_t began_ns, int64_t busy_since_ns,
                                        ProduceWork* work) {
  const int32_t throttle_ms =
      worker_.quotas().active() ? charge_produce(request, request_bytes, busy_since_ns) : 0;
  if (throttle_ms > 0 || !work->backed_up.empty()) {
    backed_up_ = std::move(work->backed_up);
    mute(throttle_ms);
  }
  if (!request.wants_answer()) {
    worker_.time_produce(began_ns);
    // The only way to tell such a producer that something went wrong.
    if (work->has_error()) connection_.close();
    return;
  }
  size_t waiting = 0;
  for (const ProduceWork::Ack& ack : work->acks) {
    waiting += ack.entry->log().high_watermark() < ack.required ? 1 : 0;
  }
  if (waiting == 0 && produces_.empty()) {
    SendQueue& queue = connection_.send_queue();
    queue.begin_frame();
    encode_produce_response(request, work->results, throttle_ms, queue.bytes(), nullptr);
    queue.end_frame();
    worker_.time_produce(began_ns);
    connection_.flush_soon();
    return;
  }
  auto pending =
      std::make_unique<PendingProduce>(*this, worker_, work->acks.size(), request_bytes, began_ns);
  std::vector<uint32_t>& error_positions = worker_.error_positions();
  error_positions.clear();
  encode_produce_response(request, work->results, throttle_ms, pending->answer(), &error_positions);
  for (ProduceWork::Ack& ack : work->acks) {
    pending->add_ack(std::move(ack.entry), ack.required, error_positions[ack.partition]);
  }
  pending_bytes_ += request_bytes;
  produces_.push_back(std::move(pending));
  produces_.back()->start(request.timeout_ms);
  produce_completed();
}

void ClientConnection::produce_completed() {
  while (!produces_.empty() && produces_.front()->is_complete()) {
    connection_.send_queue().add_frame(produces_.front()->answer().view());
    ASSERT(pending_bytes_ >= produces_.front()->request_bytes());
    pending_bytes_ -= produces_.front()->request_bytes();
    worker_.time_produce(produces_.front()->began_ns());
    produces_.pop_front();
    connection_.flush_soon();
  }
  if (has_room_for_produce()) connection_.resume_soon();
}

bool ClientConnection::has_room_for_produce() const {
  return produces_.size() < kPendingProducesMax && pending_bytes_ < kPendingBytesMax;
}

FrameVerdict ClientConnection::on_fetch(const RequestHeader& header, WireReader& reader) {
  if (header.api_version < kFetchVersionMin || header.api_version > kFetchVersionMax) {
    return FrameVerdict::close;
  }
  FetchRequest& request = worker_.fetch_request();
  if (!decode_fetch_request(header, reader, &request)) return FrameVerdict::close;
  worker_.count_fetch();
  if (fetch_ == nullptr) fetch_ = std::make_unique<FetchOperation>(*this, worker_);
  exclusive_ = Exclusive::fetch;
  fetch_began_ns_ = worker_.now_ns();
  fetch_->start(request, ++sequence_);
  return FrameVerdict::taken;
}

void ClientConnection::fetch_warmed(uint64_t sequence) {
  if (exclusive_ == Exclusive::fetch && sequence == sequence_) fetch_->warmed();
}

void ClientConnection::fetch_finished() {
  ASSERT(exclusive_ == Exclusive::fetch);
  worker_.time_fetch(fetch_began_ns_);
  if (fetch_->throttle_ms() > 0) mute(fetch_->throttle_ms());
  connection_.flush_soon();
  become_free();
}

FrameVerdict ClientConnection::on_control(ByteSpan frame) {
  worker_.count_control();
  exclusive_ = Exclusive::control;
  worker_.control().on_frame({id(), ++sequence_, {frame.begin(), frame.end()}});
  return FrameVerdict::taken;
}

void ClientConnection::respond(uint64_t sequence, std::vector<uint8_t> frame) {
  if (exclusive_ != Exclusive::control || sequence != sequence_) return;
  if (frame.empty()) {
    connection_.close();
    return;
  }
  connection_.send_queue().add_frame(std::move(frame));
  connection_.flush_soon();
  become_free();
}

void ClientConnection::batch_opened(uint64_t token, BatchVerdict verdict,
                                    std::vector<uint8_t> replacement) {
  if (opening_ == nullptr) return;
  if (!opening_->settle(token, std::move(verdict), std::move(replacement),
                        worker_.produce_path())) {
    return;
  }
  if (!opening_->is_complete()) return;
  const int64_t busy_since_ns = worker_.now_ns();
  const std::unique_ptr<OpeningProduce> opened = std::move(opening_);
  become_free();
  complete_produce(opened->request(), opened->frame_bytes(), opened->began_ns(), busy_since_ns,
                   &opened->work());
}

int32_t ClientConnection::charge_produce(const ProduceRequest& request, size_t request_bytes,
                                         int64_t busy_since_ns) {
  ClientQuotas& quotas = worker_.quotas();
  const std::string_view client_id = request.header.client_id;
  const int64_t now = worker_.now_ms();
  const int32_t throttle_ms =
      quotas.charge(QuotaKind::produce, client_id, static_cast<double>(request_bytes), now);
  if (!request.wants_answer()) return throttle_ms;  // Kafka does not count their time either
  const int64_t busy_ns = worker_.now_ns() - busy_since_ns;
  return std::max(throttle_ms, quotas.charge(QuotaKind::request, client_id,
                                             thread_percent(std::max<int64_t>(busy_ns, 0)), now));
}

void ClientConnection::mute(int32_t throttle_ms) {
  muted_until_ms_ = std::max(muted_until_ms_, worker_.now_ms() + throttle_ms);
  if (!pause_timer_.is_set()) pause();
}

bool ClientConnection::is_paused() {
  std::erase_if(backed_up_, [](const auto& entry) { return !entry->log().is_backed_up(); });
  return !backed_up_.empty() || muted_until_ms_ > worker_.now_ms();
}

void ClientConnection::pause() {
  ASSERT(!pause_timer_.is_set());
  if (!is_paused()) {
    connection_.resume_soon();
    return;
  }
  const int64_t now = worker_.now_ms();
  const int64_t look = backed_up_.empty() ? muted_until_ms_ : now + kDurableLookMs;
  worker_.timers().set(pause_timer_, std::max(look, now + 1));
}

void ClientConnection::drain() {
  draining_ = true;
  if (exclusive_ == Exclusive::fetch) fetch_->finish_now();
}

void ClientConnection::become_free() {
  exclusive_ = Exclusive::none;
  connection_.resume_soon();
}

}  // namespace odradek
