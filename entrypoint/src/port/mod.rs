//! The port visitors connect to, held by PID 1 and lent to nginx.
//!
//! Whoever closes a listening socket makes the kernel reset everybody who is connected but not
//! accepted yet: under load a plain stop of nginx loses a request now and then. So the socket is
//! ours. Before a stop we let no new handshake begin, and see when nobody waits any more; and while
//! nginx is replaced after a failure, visitors wait instead of being refused.
//!
//! nginx takes over sockets named in the variable `NGINX`, as it does from itself when its binary is
//! replaced (nginx, `ngx_add_inherited_sockets`).

mod sys;

use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, SockaddrIn6, SockaddrLike, bind,
    listen, setsockopt, socket, sockopt,
};
use thiserror::Error;

/// The variable from which nginx learns the sockets it inherits.
pub(crate) const INHERITED_SOCKETS: &str = "NGINX";

/// Which protocols a port is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ipv6 {
    Available,
    /// The kernel does not have it, or it is switched off.
    Missing,
}

#[derive(Debug, Error)]
#[error("cannot listen on port {port}")]
pub(crate) struct PortError {
    port: NonZero<u16>,
    #[source]
    source: io::Error,
}

impl PortError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self.source.kind() {
            io::ErrorKind::PermissionDenied => Some(
                "only root may use ports below 1024: set `WPIMG_HTTP_PORT` to a higher one"
                    .to_owned(),
            ),
            io::ErrorKind::AddrInUse => Some(
                "another program of this network namespace has it: set `WPIMG_HTTP_PORT` to \
                 another one"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// The listening sockets. Dropping the value is not enough to free the port while nginx has it too.
#[derive(Debug)]
pub(crate) struct Port {
    number: NonZero<u16>,
    sockets: Vec<OwnedFd>,
    ipv6: Ipv6,
}

impl Port {
    /// Reserves the port; nobody can connect before [`Port::open`].
    pub(crate) fn bind(number: NonZero<u16>) -> Result<Self, PortError> {
        let refused = |errno: Errno| PortError {
            port: number,
            source: errno.into(),
        };
        let port = number.get();
        let ipv4 =
            bound(AddressFamily::Inet, &SockaddrIn::new(0, 0, 0, 0, port)).map_err(refused)?;
        let any = SockaddrIn6::from(std::net::SocketAddrV6::new(
            std::net::Ipv6Addr::UNSPECIFIED,
            port,
            0,
            0,
        ));
        let (sockets, ipv6) = match bound(AddressFamily::Inet6, &any) {
            Ok(ipv6) => (vec![ipv4, ipv6], Ipv6::Available),
            Err(Errno::EAFNOSUPPORT | Errno::EADDRNOTAVAIL) => (vec![ipv4], Ipv6::Missing),
            Err(errno) => return Err(refused(errno)),
        };
        Ok(Self {
            number,
            sockets,
            ipv6,
        })
    }

    pub(crate) fn open(&self) -> Result<(), PortError> {
        for socket in &self.sockets {
            // As many as the administrator allows (`net.core.somaxconn`).
            listen(socket, Backlog::MAXALLOWABLE).map_err(|errno| PortError {
                port: self.number,
                source: errno.into(),
            })?;
        }
        Ok(())
    }

    pub(crate) fn ipv6(&self) -> Ipv6 {
        self.ipv6
    }

    /// The numbers under which a child finds the sockets.
    pub(crate) fn descriptors(&self) -> Vec<RawFd> {
        self.sockets.iter().map(AsRawFd::as_raw_fd).collect()
    }

    /// Refuses whoever comes from now on; a handshake that has begun goes on.
    pub(crate) fn refuse_new(&self) -> io::Result<()> {
        self.sockets
            .iter()
            .try_for_each(|socket| sys::hide_from_new_handshakes(socket.as_fd()))
    }

    /// Whether somebody is connected but not accepted yet.
    pub(crate) fn has_waiting(&self) -> bool {
        self.sockets
            .iter()
            // A kernel that does not say leaves nothing to wait for.
            .any(|socket| sys::waiting_connections(socket.as_fd()).is_ok_and(|count| count > 0))
    }
}

fn bound(family: AddressFamily, address: &dyn SockaddrLike) -> Result<OwnedFd, Errno> {
    // nginx takes for granted that what it inherits does not block; a worker whose neighbour was faster
    // would otherwise hang in `accept`.
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let socket = socket(family, SockType::Stream, flags, None)?;
    // A restarted container finds connections of its predecessor in TIME_WAIT.
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    if family == AddressFamily::Inet6 {
        setsockopt(&socket, sockopt::Ipv6V6Only, &true)?;
    }
    bind(socket.as_raw_fd(), address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::*;

    fn free_port() -> NonZero<u16> {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        NonZero::new(listener.local_addr().unwrap().port()).unwrap()
    }

    fn connect(port: NonZero<u16>) -> io::Result<TcpStream> {
        let address = ([127, 0, 0, 1], port.get()).into();
        TcpStream::connect_timeout(&address, Duration::from_millis(200))
    }

    #[test]
    fn a_bound_port_refuses_until_it_is_open() {
        let port = Port::bind(free_port()).unwrap();
        let refused = connect(port.number).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        port.open().unwrap();
        connect(port.number).unwrap();
    }

    #[test]
    fn whoever_came_before_the_refusal_is_served_and_nobody_comes_after() {
        let port = Port::bind(free_port()).unwrap();
        port.open().unwrap();
        let mut early = connect(port.number).unwrap();
        assert!(port.has_waiting());

        port.refuse_new().unwrap();
        let late = connect(port.number).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::ConnectionRefused, "{late}");

        let listener = TcpListener::from(port.sockets[0].try_clone().unwrap());
        let (accepted, _) = listener.accept().unwrap();
        assert!(!port.has_waiting());
        drop((listener, port, accepted));
        assert_eq!(
            early.read(&mut [0]).unwrap(),
            0,
            "an orderly end, not a reset"
        );
    }

    #[test]
    fn nobody_who_accepts_is_kept_waiting() {
        let port = Port::bind(free_port()).unwrap();
        port.open().unwrap();
        let listener = TcpListener::from(port.sockets[0].try_clone().unwrap());
        let nobody = listener.accept().unwrap_err();
        assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_port_in_use_is_an_error_that_names_it_and_the_variable() {
        let taken = Port::bind(free_port()).unwrap();
        taken.open().unwrap();
        let error = Port::bind(taken.number).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot listen on port {}", taken.number)
        );
        assert!(error.hint().unwrap().contains("WPIMG_HTTP_PORT"));
    }
}
