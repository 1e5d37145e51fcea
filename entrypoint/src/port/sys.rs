//! Two socket options of a listening socket that `nix` has no safe form for.

#![expect(
    unsafe_code,
    reason = "SO_BINDTOIFINDEX and TCP_INFO are read and written by pointer"
)]

use std::ffi::c_int;
use std::io;
use std::mem::{self, MaybeUninit};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc;

/// An interface that cannot exist: the kernel counts them from one and never gets this far.
const NO_INTERFACE: c_int = c_int::MAX;

/// Binds a listening socket to an interface no packet comes from, so that for a new handshake it is as
/// if nobody listened: the visitor is refused. A handshake that has begun does not look for the socket
/// again, and what is established has its own. Needs no privilege since Linux 5.7, before that
/// `CAP_NET_RAW`, which container engines grant.
pub(super) fn hide_from_new_handshakes(socket: BorrowedFd<'_>) -> io::Result<()> {
    let interface = NO_INTERFACE;
    // SAFETY: the kernel reads one int from `interface`, which outlives the call.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_BINDTOIFINDEX,
            ptr::from_ref(&interface).cast(),
            size_of_u32::<c_int>(),
        )
    };
    Errno::result(result).map(drop).map_err(io::Error::from)
}

/// How many connections are established but not accepted: what `TCP_INFO` calls `tcpi_unacked` for a
/// listening socket (Linux, `tcp_get_info`).
pub(super) fn waiting_connections(socket: BorrowedFd<'_>) -> io::Result<u32> {
    let mut info = MaybeUninit::<libc::tcp_info>::zeroed();
    let mut length = size_of_u32::<libc::tcp_info>();
    // SAFETY: the kernel writes at most `length` bytes, the size of `info`.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    Errno::result(result)?;
    // SAFETY: all of it was zeroed and the structure holds integers only, so it is valid however much
    // of it the kernel has filled.
    Ok(unsafe { info.assume_init() }.tcpi_unacked)
}

fn size_of_u32<T>() -> u32 {
    u32::try_from(mem::size_of::<T>()).unwrap_or_default()
}
