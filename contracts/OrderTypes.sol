// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

enum Side {
    Buy,
    Sell
}

enum SignatureType {
    Eoa,
    PolyProxy,
    PolyGnosisSafe,
    Poly1271
}

struct Order {
    uint256 salt;
    address maker;
    address signer;
    uint256 tokenId;
    uint256 makerAmount;
    uint256 takerAmount;
    Side side;
    SignatureType signatureType;
    uint256 timestamp;
    bytes32 metadata;
    bytes32 builder;
    bytes signature;
}

struct OrderStatus {
    bool filled;
    uint248 remaining;
}
