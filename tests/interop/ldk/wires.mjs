// TCP for LDK's PeerManager: node's sockets as its descriptors.

import * as net from "node:net";
import * as ldk from "lightningdevkit";

const nowhere = () => ldk.Option_SocketAddressZ.constructor_none();

export class Wires {
  #peers;
  #made = 0n;

  constructor(peers) {
    this.#peers = peers;
  }

  /** Takes calls on a loopback port; resolves to the port. */
  listen(port) {
    const server = net.createServer((socket) => {
      const descriptor = this.#descriptor(socket);
      const accepted = this.#peers.new_inbound_connection(descriptor, nowhere());
      if (accepted.is_ok()) this.#carry(socket, descriptor);
      else socket.destroy();
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(server.address().port));
    });
  }

  /** Calls a peer on a loopback port; resolves once the first act of the handshake has left. */
  call(port, nodeId) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once("error", reject);
      socket.once("connect", () => {
        const descriptor = this.#descriptor(socket);
        const begun = this.#peers.new_outbound_connection(nodeId, descriptor, nowhere());
        if (!begun.is_ok()) {
          socket.destroy();
          reject(new Error("LDK does not want this connection"));
          return;
        }
        this.#carry(socket, descriptor);
        socket.write(begun.res);
        resolve();
      });
    });
  }

  #descriptor(socket) {
    socket.setNoDelay(true);
    const number = ++this.#made;
    return ldk.SocketDescriptor.new_impl({
      send_data(data, resume) {
        // Node keeps what the kernel does not take yet, so all of it counts as sent.
        if (!socket.destroyed) socket.write(Buffer.from(data));
        if (resume) socket.resume();
        return data.length;
      },
      disconnect_socket: () => socket.destroy(),
      eq: (other) => other.hash() === number,
      hash: () => number,
    });
  }

  #carry(socket, descriptor) {
    socket.on("data", (data) => {
      const read = this.#peers.read_event(descriptor, data);
      if (!read.is_ok()) socket.destroy();
      else if (read.res) socket.pause();
      this.#peers.process_events();
    });
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => this.#peers.socket_disconnected(descriptor));
  }
}
