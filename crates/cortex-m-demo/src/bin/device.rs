//! The server on the device: answers go to the standard output of the debugger or emulator, lines to its standard error.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod device {
    use core::panic::PanicInfo;

    use cortex_m as _; // the critical section that semihosting asks for
    use cortex_m_demo::{Memory, Outside, PIECE, RECORDINGS, serve};
    use cortex_m_rt::entry;
    use cortex_m_semihosting::debug::{EXIT_FAILURE, EXIT_SUCCESS, exit};
    use cortex_m_semihosting::hio::{HostStream, hstderr, hstdout};

    /// Both ends of the debug probe.
    struct Semihosting {
        answers: HostStream,
        lines: HostStream,
    }

    impl Outside for Semihosting {
        fn send(&mut self, octets: &[u8]) {
            give(&mut self.answers, octets);
        }

        fn say(&mut self, line: &[u8]) {
            give(&mut self.lines, line);
            give(&mut self.lines, b"\n");
        }
    }

    fn give(stream: &mut HostStream, octets: &[u8]) {
        if stream.write_all(octets).is_err() {
            exit(EXIT_FAILURE);
        }
    }

    #[entry]
    fn main() -> ! {
        if let (Ok(answers), Ok(lines)) = (hstdout(), hstderr()) {
            let mut outside = Semihosting { answers, lines };
            let mut memory = Memory::new();
            if RECORDINGS.iter().all(|(_, octets)| serve(octets, PIECE, &mut memory, &mut outside)) {
                exit(EXIT_SUCCESS);
            }
        }
        stop()
    }

    #[panic_handler]
    fn panic(_: &PanicInfo<'_>) -> ! {
        stop()
    }

    fn stop() -> ! {
        loop {
            exit(EXIT_FAILURE);
        }
    }
}

#[cfg(not(target_os = "none"))]
fn main() {}
