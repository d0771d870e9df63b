// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IErc1271} from "./Interfaces.sol";
import {Order, SignatureType} from "./OrderTypes.sol";

/// The EIP-712 hash of an order, and whether its signature is good.
abstract contract OrderSignatures {
    error InvalidSignature();

    bytes32 private constant ORDER_TYPEHASH = keccak256(
        "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)"
    );
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    string private constant DOMAIN_NAME = "Polymarket CTF Exchange";
    string private constant DOMAIN_VERSION = "2";
    /// Half the order of secp256k1: a higher `s` is the same signature written another way.
    uint256 private constant MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    bytes32 public immutable domainSeparator;
    address public immutable proxyFactory;
    address public immutable safeFactory;
    bytes32 private immutable proxyInitCodeHash;
    bytes32 private immutable safeInitCodeHash;
    mapping(bytes32 orderHash => bool) public isPreapproved;

    constructor(address proxies, bytes32 proxyCodeHash, address safes, bytes32 safeCodeHash) {
        proxyFactory = proxies;
        proxyInitCodeHash = proxyCodeHash;
        safeFactory = safes;
        safeInitCodeHash = safeCodeHash;
        domainSeparator = keccak256(
            abi.encode(
                DOMAIN_TYPEHASH,
                keccak256(bytes(DOMAIN_NAME)),
                keccak256(bytes(DOMAIN_VERSION)),
                block.chainid,
                address(this)
            )
        );
    }

    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (0x0f, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    function hashOrder(Order memory order) public view returns (bytes32) {
        bytes32 structHash = keccak256(
            bytes.concat(
                abi.encode(ORDER_TYPEHASH, order.salt, order.maker, order.signer, order.tokenId),
                abi.encode(order.makerAmount, order.takerAmount, order.side, order.signatureType),
                abi.encode(order.timestamp, order.metadata, order.builder)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domainSeparator, structHash));
    }

    function validateOrderSignature(bytes32 orderHash, Order memory order) public view {
        if (order.signature.length == 0 && isPreapproved[orderHash]) return;
        if (!_isSignatureValid(orderHash, order)) revert InvalidSignature();
    }

    function getProxyWalletAddress(address owner) public view returns (address) {
        return _create2(proxyFactory, keccak256(abi.encodePacked(owner)), proxyInitCodeHash);
    }

    function getSafeWalletAddress(address owner) public view returns (address) {
        return _create2(safeFactory, keccak256(abi.encode(owner)), safeInitCodeHash);
    }

    function _isSignatureValid(bytes32 orderHash, Order memory order) private view returns (bool) {
        if (order.signatureType == SignatureType.Poly1271) {
            return order.maker == order.signer && _isContractSignature(order.maker, orderHash, order.signature);
        }
        if (order.maker != _walletOf(order.signer, order.signatureType)) return false;
        return order.signer != address(0) && _recover(orderHash, order.signature) == order.signer;
    }

    function _walletOf(address signer, SignatureType kind) private view returns (address) {
        if (kind == SignatureType.PolyProxy) return getProxyWalletAddress(signer);
        if (kind == SignatureType.PolyGnosisSafe) return getSafeWalletAddress(signer);
        return signer;
    }

    function _isContractSignature(address wallet, bytes32 hash, bytes memory signature) private view returns (bool) {
        if (wallet.code.length == 0) return false;
        (bool ok, bytes memory answer) =
            wallet.staticcall(abi.encodeCall(IErc1271.isValidSignature, (hash, signature)));
        return ok && answer.length >= 32 && bytes32(answer) == bytes32(IErc1271.isValidSignature.selector);
    }

    function _recover(bytes32 hash, bytes memory signature) private pure returns (address) {
        if (signature.length != 65) return address(0);
        bytes32 r;
        bytes32 s;
        uint8 v;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
        if (uint256(s) > MAX_S) return address(0);
        return ecrecover(hash, v, r, s);
    }

    function _create2(address factory, bytes32 salt, bytes32 codeHash) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", factory, salt, codeHash)))));
    }
}
