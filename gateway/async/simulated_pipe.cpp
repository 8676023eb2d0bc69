#include "gateway/async/simulated_pipe.hpp"

#include <algorithm>
#include <utility>

namespace gateway::async {

namespace error = boost::asio::error;

SimulatedPipe::SimulatedPipe(Executor executor, Timers* timers, std::shared_ptr<const LinkFaults> faults,
                             Flow flow, std::size_t capacity)
    : executor_(executor),
      timers_(timers),
      faults_(std::move(faults)),
      flow_(flow),
      capacity_(capacity),
      read_(std::make_shared<PendingOperation<std::size_t>>(executor)),
      write_(std::make_shared<PendingOperation<std::size_t>>(executor)) {}

void SimulatedPipe::async_read(boost::asio::mutable_buffer buffer, IoHandler handler) {
  read_buffer_ = buffer;
  read_->hold(std::move(handler));
  serve_reader();
}

void SimulatedPipe::async_write(std::span<const boost::asio::const_buffer> buffers, IoHandler handler) {
  write_buffers_.assign(buffers.begin(), buffers.end());
  write_->hold(std::move(handler));
  serve_writer();
}

void SimulatedPipe::end_writing() {
  if (write_ended_ || broken_) return;
  write_ended_ = true;
  send({}, true);
}

void SimulatedPipe::end_reading() {
  reader_gone_ = true;
  read_->complete(error::operation_aborted, 0);
  serve_writer();
}

void SimulatedPipe::break_off() {
  broken_ = true;
  buffer_.clear();
  buffer_start_ = 0;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  read_->complete(error::connection_reset, 0);
  write_->complete(error::connection_reset, 0);
}

void SimulatedPipe::cancel_read() {
  read_->complete(error::operation_aborted, 0);
}

void SimulatedPipe::cancel_write() {
  write_->complete(error::operation_aborted, 0);
}

std::size_t SimulatedPipe::room() const {
  return capacity_ - std::min(capacity_, buffer_.size() - buffer_start_ + in_flight_bytes_);
}

const std::optional<std::uint64_t>& SimulatedPipe::drop_after() const {
  return flow_ == Flow::kRequests ? faults_->drop_requests_after : faults_->drop_replies_after;
}

const std::optional<std::uint64_t>& SimulatedPipe::close_after() const {
  return flow_ == Flow::kRequests ? faults_->close_after_requests : faults_->close_after_replies;
}

void SimulatedPipe::serve_writer() {
  if (!write_->waiting()) return;
  if (broken_) return write_->complete(error::connection_reset, 0);
  if (write_ended_ || reader_gone_) return write_->complete(error::broken_pipe, 0);
  std::size_t total = 0;
  for (const auto& buffer : write_buffers_)
    total += buffer.size();
  const std::size_t accepted = std::min(total, room());
  if (accepted == 0 && total != 0) return;
  accept_write(write_buffers_, accepted);
}

void SimulatedPipe::accept_write(std::span<const boost::asio::const_buffer> buffers, std::size_t total) {
  std::string bytes;
  bytes.reserve(total);
  for (const auto& buffer : buffers) {
    const std::size_t part = std::min(buffer.size(), total - bytes.size());
    bytes.append(static_cast<const char*>(buffer.data()), part);
  }
  const std::uint64_t before = written_;
  written_ += total;
  if (close_after() && written_ > *close_after()) {
    if (on_break) on_break();
    return;
  }
  write_->complete(error_code(), total);
  if (drop_after() && written_ > *drop_after()) {
    bytes.resize(static_cast<std::size_t>(*drop_after() > before ? *drop_after() - before : 0));
  }
  if (!bytes.empty()) send(std::move(bytes), false);
}

void SimulatedPipe::send(std::string bytes, bool end) {
  if (timers_ == nullptr || (faults_->delay.count() == 0 && in_flight_.empty())) {
    buffer_.append(bytes);
    ended_ = ended_ || end;
    return serve_reader();
  }
  fhir::Monotonic due = Deadline::after(timers_->clock(), faults_->delay).when();
  if (!in_flight_.empty()) due = std::max(due, in_flight_.back().due);
  in_flight_bytes_ += bytes.size();
  in_flight_.push_back({due, std::move(bytes), end});
  timers_->async_wait(due, [weak = weak_from_this()](error_code code) {
    const auto self = weak.lock();
    if (self && !code) self->arrive();
  });
}

void SimulatedPipe::arrive() {
  while (!in_flight_.empty() && in_flight_.front().due <= timers_->clock().monotonic()) {
    in_flight_bytes_ -= in_flight_.front().bytes.size();
    buffer_.append(in_flight_.front().bytes);
    ended_ = ended_ || in_flight_.front().end;
    in_flight_.pop_front();
  }
  serve_reader();
}

void SimulatedPipe::serve_reader() {
  if (!read_->waiting()) return;
  if (broken_) return read_->complete(error::connection_reset, 0);
  if (reader_gone_) return read_->complete(error::operation_aborted, 0);
  const std::size_t available = buffer_.size() - buffer_start_;
  if (available == 0) {
    if (ended_) return read_->complete(error::eof, 0);
    if (read_buffer_.size() == 0) return read_->complete(error_code(), 0);
    return;
  }
  std::size_t bytes = std::min(available, read_buffer_.size());
  if (faults_->slice_bytes != 0) bytes = std::min(bytes, faults_->slice_bytes);
  std::copy_n(buffer_.data() + buffer_start_, bytes, static_cast<char*>(read_buffer_.data()));
  buffer_start_ += bytes;
  if (buffer_start_ == buffer_.size()) {
    buffer_.clear();
    buffer_start_ = 0;
  }
  read_->complete(error_code(), bytes);
  serve_writer();
}

}  // namespace gateway::async
