//! What is known of a prologue of which the capture lacks a part.

use h2wire::frame::PREFACE;

use super::{Asked, CONNECT, HTTP1, Prologue, SOCKS, is_request, is_response, socks};
use crate::event::Side;
use crate::inspect::capture::beginning::Beginning;
use crate::inspect::capture::http1::{Body, Head, find};

impl Prologue {
    /// The capture lacks the next bytes of a side.
    pub(crate) fn lose(&mut self, side: Side, beginning: &mut Beginning, octets: u64) {
        let start = beginning.octets.as_slice();
        match side {
            Side::Client => {
                let is_next = beginning.body == Body::None && is_request(start);
                // What was asked before may not be what is answered next.
                let head = Head::cut(start).filter(|_| is_next);
                if head.as_ref().is_some_and(Head::upgrades) {
                    self.asked.push_back(Asked::Upgrade);
                }
                self.upgrade = head.map(|head| head.upgraded_request());
                self.name = self.name.or_else(|| is_next.then_some(HTTP1));
            }
            Side::Server if beginning.body == Body::None && is_response(start) => {
                let head = Head::cut(start);
                self.is_upgraded |= head.is_some_and(|head| {
                    let is_asked = self.asked.contains(&Asked::Upgrade) || self.upgrade.is_some();
                    head.status() == Some(101) && (head.upgrades() || is_asked)
                });
                self.name = self.name.or(Some(HTTP1));
            }
            Side::Server => {}
        }
        beginning.lose(octets);
    }

    /// A step after bytes that are missing.
    pub(super) fn pass_after_loss(
        &mut self,
        client: &mut Beginning,
        server: &mut Beginning,
        ended: bool,
    ) -> bool {
        let is_next = client.body == Body::None && is_request(&client.octets);
        match find(&client.octets, PREFACE) {
            Some(0) => return self.before_preface(client, server),
            // After what was not understood, because the other side is missing.
            Some(at) if !is_next && client.body == Body::None => {
                self.name_unread(&client.octets);
                client.skip(at);
                return true;
            }
            None if client.is_lost && client.octets.is_empty() && self.pass_socks_answer(client, server) => {
                return true;
            }
            _ if ended && is_next => {
                client.skip_all();
                return true;
            }
            _ => {}
        }
        if ended && is_response(&server.octets) {
            server.skip_all();
            return true;
        }
        false
    }

    /// A part of what a server sends before HTTP/2, captured after what the client sends then.
    pub(crate) fn pass_late_server(&mut self, client: &Beginning, server: &mut Beginning) -> bool {
        self.pass_server(client, server, false) || self.before_preface(client, server)
    }

    /// The client starts with HTTP/2: what it asked for before was granted.
    fn before_preface(&mut self, client: &Beginning, server: &mut Beginning) -> bool {
        if self.pass_socks_answer(client, server) {
            return true;
        }
        if server.is_lost {
            match self.asked.pop_back() {
                Some(Asked::Upgrade) => self.is_upgraded = true,
                Some(Asked::Connect) => self.name = Some(CONNECT),
                _ => {}
            }
            self.asked.clear();
        }
        false
    }

    /// What a server of SOCKS answers to what is lost.
    fn pass_socks_answer(&mut self, client: &Beginning, server: &mut Beginning) -> bool {
        let is_socks = client.offset > 0 && matches!(self.name, None | Some(SOCKS));
        let len = socks::of_server(&server.octets, server.offset > 0).filter(|_| is_socks);
        let Some(len) = len else { return false };
        server.pass(len);
        server.is_lost = false;
        self.name = Some(SOCKS);
        true
    }

    fn name_unread(&mut self, client: &[u8]) {
        if self.name.is_none() && matches!(client, [5, 1..=255, ..] | [4, 1, ..]) {
            self.name = Some(SOCKS);
        }
    }
}
