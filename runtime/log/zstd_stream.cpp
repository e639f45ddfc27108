// See zstd_stream.hpp. The one file that sees libzstd.
#include "log/zstd_stream.hpp"

#include <zstd.h>

#include <algorithm>
#include <vector>

namespace guardvm::log {

namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
constexpr int kLevel = 3;
constexpr int kMostWindowLog = 27;  // 128 MiB of memory, zstd's own default bound

}  // namespace

struct Decompressor::Context {
  std::unique_ptr<ZSTD_DCtx, FreeContext> zstd{ZSTD_createDCtx()};
  std::vector<char> buffer = std::vector<char>(ZSTD_DStreamOutSize());
};

Decompressor::Decompressor() : context_(std::make_unique<Context>()) {
  if (context_->zstd) ZSTD_DCtx_setParameter(context_->zstd.get(), ZSTD_d_windowLogMax, kMostWindowLog);
}
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;
Decompressor::~Decompressor() = default;

bool Decompressor::feed(std::string_view& in, std::string& out, size_t most) {
  if (!context_->zstd) return false;
  ZSTD_inBuffer from{in.data(), in.size(), 0};
  while (most > 0) {
    ZSTD_outBuffer to{context_->buffer.data(), std::min(context_->buffer.size(), most), 0};
    const size_t before = from.pos;
    const size_t left = ZSTD_decompressStream(context_->zstd.get(), &to, &from);
    if (ZSTD_isError(left) != 0) return false;
    out.append(context_->buffer.data(), to.pos);
    most -= to.pos;
    if (to.pos > 0 || from.pos > before) at_frame_end_ = left == 0;
    if (from.pos == from.size && to.pos < to.size) break;
  }
  in.remove_prefix(from.pos);
  return true;
}

struct Compressor::Context {
  std::unique_ptr<ZSTD_CCtx, FreeContext> zstd{ZSTD_createCCtx()};
  std::vector<char> buffer = std::vector<char>(ZSTD_CStreamOutSize());
};

Compressor::Compressor() : context_(std::make_unique<Context>()) {
  if (!context_->zstd) return;
  ZSTD_CCtx_setParameter(context_->zstd.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_->zstd.get(), ZSTD_c_checksumFlag, 1);
}
Compressor::~Compressor() = default;

bool Compressor::feed(std::string_view in, bool last, std::string& out) {
  if (!context_->zstd) return false;
  ZSTD_inBuffer from{in.data(), in.size(), 0};
  while (true) {
    ZSTD_outBuffer to{context_->buffer.data(), context_->buffer.size(), 0};
    const size_t left = ZSTD_compressStream2(context_->zstd.get(), &to, &from, last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) return false;
    out.append(context_->buffer.data(), to.pos);
    if (last ? left == 0 : from.pos == from.size) return true;
  }
}

}  // namespace guardvm::log
