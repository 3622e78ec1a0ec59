//! Builds captures.

use etherparse::{IpFragOffset, Ipv4Header, PacketBuilder};

/// A TCP segment between two addresses that differ in all.
#[derive(Clone)]
pub(crate) struct Packet {
    by_client: bool,
    client_port: u16,
    number: u32,
    flags: fn(TcpStep) -> TcpStep,
    payload: Vec<u8>,
    is_fragment: bool,
    acknowledges: Option<u32>,
    cut: usize,
}

type TcpStep = etherparse::PacketBuilderStep<etherparse::TcpHeader>;

impl Packet {
    /// A segment of the client with this sequence number.
    pub(crate) fn client(number: u32) -> Self {
        let flags: fn(TcpStep) -> TcpStep = |tcp| tcp.ack(1);
        Self {
            by_client: true,
            client_port: 40_000,
            number,
            flags,
            payload: Vec::new(),
            is_fragment: false,
            acknowledges: None,
            cut: 0,
        }
    }

    pub(crate) fn server(number: u32) -> Self {
        Self { by_client: false, ..Self::client(number) }
    }

    pub(crate) fn syn(self) -> Self {
        Self { flags: TcpStep::syn, ..self }
    }

    pub(crate) fn syn_ack(self) -> Self {
        Self { flags: |tcp| tcp.syn().ack(1), ..self }
    }

    pub(crate) fn fin(self) -> Self {
        Self { flags: |tcp| tcp.fin().ack(1), ..self }
    }

    pub(crate) fn rst(self) -> Self {
        Self { flags: TcpStep::rst, ..self }
    }

    pub(crate) fn data(self, octets: &[u8]) -> Self {
        Self { payload: octets.to_vec(), ..self }
    }

    /// It acknowledges the bytes before a number.
    pub(crate) fn acks(self, number: u32) -> Self {
        Self { acknowledges: Some(number), ..self }
    }

    /// Bytes at its end that the capture lacks.
    #[allow(dead_code, reason = "not every file of tests has short packets")]
    pub(crate) fn cut(self, octets: usize) -> Self {
        Self { cut: octets, ..self }
    }

    /// The first fragment of an IP packet.
    pub(crate) fn fragment(self) -> Self {
        Self { is_fragment: true, ..self }
    }

    pub(crate) fn on_port(self, client_port: u16) -> Self {
        Self { client_port, ..self }
    }

    pub(crate) fn is_from_client(&self) -> bool {
        self.by_client
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The Ethernet frame, and the IP packet in it.
    fn octets(&self) -> (Vec<u8>, Vec<u8>) {
        let (client, server) = ([192, 0, 2, 1], [198, 51, 100, 2]);
        let (from, to) = if self.by_client { (client, server) } else { (server, client) };
        let (from_port, to_port) =
            if self.by_client { (self.client_port, 80) } else { (80, self.client_port) };
        let mut ip = Ipv4Header::new(0, 64, etherparse::IpNumber::TCP, from, to).unwrap();
        ip.more_fragments = self.is_fragment;
        ip.fragment_offset = IpFragOffset::ZERO;
        let step = PacketBuilder::ethernet2([1; 6], [2; 6])
            .ip(etherparse::IpHeaders::Ipv4(ip, etherparse::Ipv4Extensions::default()))
            .tcp(from_port, to_port, self.number, 1024);
        let mut ethernet = Vec::new();
        let step = (self.flags)(step);
        let step = if let Some(number) = self.acknowledges { step.ack(number) } else { step };
        step.write(&mut ethernet, &self.payload).unwrap();
        let ip = ethernet[14..].to_vec();
        (ethernet, ip)
    }
}

/// Capture files.
pub(crate) struct Capture;

const ETHERNET: u16 = 1;
const RAW_IP: u16 = 101;

/// Numbers in one byte order or the other.
struct Writer {
    little: bool,
    octets: Vec<u8>,
}

impl Writer {
    fn u16(&mut self, number: u16) -> &mut Self {
        self.octets.extend(if self.little { number.to_le_bytes() } else { number.to_be_bytes() });
        self
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.octets.extend(if self.little { number.to_le_bytes() } else { number.to_be_bytes() });
        self
    }

    fn octets(&mut self, octets: &[u8]) -> &mut Self {
        self.octets.extend_from_slice(octets);
        self
    }

    /// A block of pcapng around `body`, which is padded.
    fn block(&mut self, block_type: u32, body: &[u8]) -> &mut Self {
        let padding = body.len().next_multiple_of(4) - body.len();
        let len = u32::try_from(12 + body.len() + padding).unwrap();
        self.u32(block_type).u32(len).octets(body).octets(&[0; 3][..padding]).u32(len)
    }
}

fn writer(little: bool) -> Writer {
    Writer { little, octets: Vec::new() }
}

fn len(octets: &[u8]) -> u32 {
    u32::try_from(octets.len()).unwrap()
}

impl Capture {
    pub(crate) fn pcap(little: bool, nanoseconds: bool, packets: &[Packet]) -> Vec<u8> {
        let mut file = writer(little);
        let magic = if nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
        file.u32(magic).u16(2).u16(4).u32(0).u32(0).u32(0x0004_0000).u32(ETHERNET.into());
        for packet in packets {
            let (ethernet, _) = packet.octets();
            let captured = &ethernet[..ethernet.len() - packet.cut];
            file.u32(0).u32(0).u32(len(captured)).u32(len(&ethernet)).octets(captured);
        }
        file.octets
    }

    pub(crate) fn pcapng(little: bool, packets: &[Packet]) -> Vec<u8> {
        let mut file = section(little, &[ETHERNET]);
        for (ethernet, _) in packets.iter().map(Packet::octets) {
            packet_block(&mut file, 0, &ethernet);
        }
        file.octets
    }

    /// A section whose one interface has another link type.
    pub(crate) fn pcapng_raw_ip(packets: &[Packet]) -> Vec<u8> {
        let mut file = section(true, &[RAW_IP]);
        for (_, ip) in packets.iter().map(Packet::octets) {
            packet_block(&mut file, 0, &ip);
        }
        file.octets
    }

    /// A section with a packet of another link before those of Ethernet.
    pub(crate) fn pcapng_with_foreign_link(link: u16, packets: &[Packet]) -> Vec<u8> {
        let mut file = section(true, &[link, ETHERNET]);
        packet_block(&mut file, 0, b"whatever that is");
        for (ethernet, _) in packets.iter().map(Packet::octets) {
            packet_block(&mut file, 1, &ethernet);
        }
        file.octets
    }
}

/// A section whose interface counts time in units of 2^-10 seconds, and packets that are `units` after 1970 and one second apart, in
/// blocks that are obsolete or not.
#[allow(dead_code, reason = "not every file of tests has times")]
pub(crate) fn pcapng_in_powers_of_two(
    little: bool,
    obsolete: bool,
    units: u64,
    packets: &[Packet],
) -> Vec<u8> {
    let mut file = section(little, &[]);
    let mut interface = writer(little);
    interface.u16(ETHERNET).u16(0).u32(0x0004_0000).u16(9).u16(1).octets(&[0x8a, 0, 0, 0]).u32(0);
    file.block(1, &interface.octets);
    let mut units = units;
    for (ethernet, _) in packets.iter().map(Packet::octets) {
        let mut block = writer(little);
        if obsolete {
            block.u16(0).u16(7);
        } else {
            block.u32(0);
        }
        let [high, low] = [units >> 32, units & 0xffff_ffff].map(|half| u32::try_from(half).unwrap());
        block.u32(high).u32(low).u32(len(&ethernet)).u32(len(&ethernet)).octets(&ethernet);
        file.block(if obsolete { 2 } else { 6 }, &block.octets);
        units += 1024;
    }
    file.octets
}

fn section(little: bool, links: &[u16]) -> Writer {
    let mut file = writer(little);
    let mut header = writer(little);
    header.u32(0x1a2b_3c4d).u16(1).u16(0).u32(u32::MAX).u32(u32::MAX);
    file.block(0x0a0d_0d0a, &header.octets);
    for link in links {
        let mut interface = writer(little);
        interface.u16(*link).u16(0).u32(0x0004_0000);
        file.block(1, &interface.octets);
    }
    file
}

fn packet_block(file: &mut Writer, interface: u32, octets: &[u8]) {
    let mut block = writer(file.little);
    block.u32(interface).u32(0).u32(0).u32(len(octets)).u32(len(octets)).octets(octets);
    file.block(6, &block.octets);
}
