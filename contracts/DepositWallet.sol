// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc1155Receiver} from "./Erc1155Receiver.sol";

/// A smart account of one owner: it signs by ERC-1271 with the nested typed data of ERC-7739, and runs batches of
/// calls that the owner signed. Anyone may bring a signed batch.
contract DepositWallet is Erc1155Receiver {
    error BatchExpired();
    error InvalidBatchNonce(uint256 expected, uint256 found);
    error InvalidSignature();
    error CallFailed(uint256 index, bytes reason);

    struct Call {
        address target;
        uint256 value;
        bytes data;
    }

    bytes4 private constant VALID = 0x1626ba7e;
    bytes4 private constant INVALID = 0xffffffff;
    bytes32 private constant NAME_HASH = keccak256("DepositWallet");
    bytes32 private constant VERSION_HASH = keccak256("1");
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant CALL_TYPEHASH = keccak256("Call(address target,uint256 value,bytes data)");
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "Batch(address wallet,uint256 nonce,uint256 deadline,Call[] calls)Call(address target,uint256 value,bytes data)"
    );

    address public immutable owner;
    uint256 public nonce;

    constructor(address walletOwner) {
        owner = walletOwner;
    }

    receive() external payable {}

    /// The signature is: 65 bytes ECDSA, the caller's domain separator, the hash of its contents, the contents' type
    /// as text, and the length of that text in two bytes.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length < 65 + 64 + 2) return INVALID;
        uint256 typeLength = uint16(bytes2(signature[signature.length - 2:]));
        if (signature.length != 65 + 64 + typeLength + 2) return INVALID;
        bytes32 appDomain = bytes32(signature[65:97]);
        bytes32 contents = bytes32(signature[97:129]);
        if (keccak256(abi.encodePacked(hex"1901", appDomain, contents)) != hash) return INVALID;
        bytes32 nested = _nestedHash(contents, signature[129:129 + typeLength]);
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", appDomain, nested));
        return _recover(digest, signature[:65]) == owner ? VALID : INVALID;
    }

    function execute(Call[] calldata calls, uint256 batchNonce, uint256 deadline, bytes calldata signature) external {
        if (block.timestamp > deadline) revert BatchExpired();
        if (batchNonce != nonce) revert InvalidBatchNonce(nonce, batchNonce);
        bytes32[] memory hashes = new bytes32[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            hashes[i] = keccak256(
                abi.encode(CALL_TYPEHASH, calls[i].target, calls[i].value, keccak256(calls[i].data))
            );
        }
        bytes32 batch = keccak256(
            abi.encode(BATCH_TYPEHASH, address(this), batchNonce, deadline, keccak256(abi.encodePacked(hashes)))
        );
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
        if (_recover(keccak256(abi.encodePacked(hex"1901", domain, batch)), signature) != owner) {
            revert InvalidSignature();
        }
        nonce = batchNonce + 1;
        for (uint256 i = 0; i < calls.length; i++) {
            (bool ok, bytes memory answer) = calls[i].target.call{value: calls[i].value}(calls[i].data);
            if (!ok) revert CallFailed(i, answer);
        }
    }

    function _nestedHash(bytes32 contents, bytes calldata contentsType) private view returns (bytes32) {
        bytes calldata name = contentsType;
        for (uint256 i = 0; i < contentsType.length; i++) {
            if (contentsType[i] == "(") {
                name = contentsType[:i];
                break;
            }
        }
        bytes32 typeHash = keccak256(
            abi.encodePacked(
                "TypedDataSign(",
                name,
                " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
                contentsType
            )
        );
        return keccak256(
            abi.encode(typeHash, contents, NAME_HASH, VERSION_HASH, block.chainid, address(this), bytes32(0))
        );
    }

    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address) {
        if (signature.length != 65) return address(0);
        return ecrecover(digest, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64]));
    }
}
